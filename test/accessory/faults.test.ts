/** Faults in everything the plugin runs, on the main bridge, where an uncaught error would end all of Homebridge. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { playPlatform } from '../demo/environment.js';
import { nodeForHomebridge } from '../setup/node-24.js';
import { projectRoot } from '../setup/paths.js';
import { cameraPrograms } from '../support/citizen.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { askForSnapshot, camerasAmong, informationOf, readAccessories } from '../support/hap.js';
import { bridgeRunning, type RunningHomebridge, startHomebridge } from '../support/homebridge.js';
import { notRun } from '../support/not-run.js';
import { processesWithMarker } from '../support/processes.js';
import { sendRaw, upgradeRaw, waitForEnd } from '../support/raw-socket.js';
import { accessToken, openViewer } from '../support/citizen-viewer.js';
import { counterInJpeg, standInCamera, writeScript } from '../support/stand-in-camera.js';

const longMs = 60_000;

/** What ffmpeg does wrong, as a script; `$mode` says which. */
const brokenFfmpeg = (modeFile: string): string => `
case $(cat '${modeFile}') in
  crash) kill -SEGV $$ ;;
  deaf) exec <&-; exit 1 ;;
  hang) sleep 600 ;;
  garbage) head -c 100000 /dev/urandom ;;
  flood) exec yes ;;
  works) exec ffmpeg "$@" ;;
esac`;

interface Place {
  readonly version: 1 | 2;
  readonly folder: string;
  readonly relayPort: number;
  readonly homebridge: RunningHomebridge;
  readonly ffmpegMode: (mode: string) => void;
  readonly workerFault: string;
  /** Stands in the way of the relay, to begin with. */
  readonly portHolder: Server;
}

async function open(version: 1 | 2): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-faults-'));
  const relayPort = await freePort();
  const portHolder = createServer();
  await new Promise<void>((resolve) => portHolder.listen({ port: relayPort, host: '127.0.0.1' }, resolve));
  const modeFile = join(folder, 'ffmpeg-mode');
  const workerFault = join(folder, 'worker-fault');
  const homebridge = await startHomebridge({
    version,
    folder,
    env: {
      ...playPlatform('vc4', folder),
      CAMERA_STAND_IN_CAMERAS: '2',
      NODE_OPTIONS: `--import=${projectRoot}/dist/test/support/worker-fault.js`,
      HOMEBRIDGE_LIBCAMERA_WORKER_FAULT: workerFault,
    },
    platforms: [
      {
        platform: 'Libcamera',
        name: 'Libcamera',
        ffmpegPath: writeScript(join(folder, 'ffmpeg.sh'), brokenFfmpeg(modeFile)),
        relay: { host: '127.0.0.1', port: relayPort },
        cameras: [
          { name: 'Steady', program: standInCamera(folder, 'steady').program },
          {
            name: 'Crashing',
            camera: 1,
            program: standInCamera(folder, 'crashing', {
              CRASH_AT: 20,
              FAULT_ONCE: join(folder, 'crashed'),
            }).program,
          },
        ],
      },
    ],
  });
  const ffmpegMode = (mode: string): void => writeFileSync(modeFile, mode);
  return { version, folder, relayPort, homebridge, portHolder, ffmpegMode, workerFault };
}

const versions = ([1, 2] as const).filter((version) => {
  const found = nodeForHomebridge(version);
  if ('reason' in found) notRun(`Homebridge ${version}: faults`, found.reason);
  return !('reason' in found);
});

describe('Homebridge stays when', () => {
  let places: readonly Place[] = [];

  beforeAll(async () => {
    places = await Promise.all(versions.map(open));
    await Promise.all(places.map(({ homebridge }) => homebridge.waitForLog(bridgeRunning, 30_000)));
  }, longMs);

  afterAll(async () => {
    for (const { portHolder } of places) portHolder.close();
    await Promise.all(places.map(({ homebridge }) => homebridge.stop()));
    for (const { folder } of places) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }, longMs);

  /** Runs in every Homebridge at once; an error says in which one. */
  function inEach(title: string, run: (place: Place) => Promise<void>): void {
    test(
      title,
      async () => {
        await Promise.all(
          places.map(async (place) => {
            try {
              await run(place);
              expectUnharmed(place);
            } catch (error) {
              const log = place.homebridge.log.slice(-25).join('\n');
              throw new Error(`Homebridge ${place.version}: ${String(error)}\nIts log:\n${log}`, {
                cause: error,
              });
            }
          }),
        );
      },
      longMs,
    );
  }

  inEach('the port of the live view is taken, and the live view starts when it is free', async (place) => {
    const { homebridge, relayPort, portHolder } = place;
    const line = await homebridge.waitForLog(/port \d+ is taken/, 30_000);
    expect(line).toContain(`port ${relayPort} is taken by node (process ${process.pid})`);
    expect(line).toContain('set another "relay.port"');
    await new Promise((resolve) => portHolder.close(resolve));
    await homebridge.waitForLog(/Live view: /, 30_000);
  });

  inEach('clients send what is no HTTP', async ({ relayPort, homebridge }) => {
    const token = accessToken(homebridge.storage);
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nHost: x\r\n';
    const requests = [
      'nonsense\r\n\r\n',
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03]),
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz',
      'GET //[::::]/%ZZ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      `GET /steady/%FF%ED%A0%80?token=${token} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      'CONNECT steady:80 HTTP/1.1\r\nHost: x\r\n\r\n',
      `GET /steady/live?token=${token} HTTP/1.1\r\n${upgrade}\r\n`,
      `GET /steady/live?token=${token} HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: ?\r\n\r\n`,
      `GET /steady/live HTTP/1.1\r\n${upgrade}Sec-WebSocket-Version: 13\r\n\r\n`,
    ];
    const answers = await Promise.all(requests.map((bytes) => sendRaw(relayPort, bytes, 5_000)));
    expect(answers.map(({ ended }) => ended)).toEqual(requests.map(() => true));
    for (const { text } of answers) expect(text).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/);
  });

  inEach('WebSocket clients break the rules or vanish in the middle of a frame', async (place) => {
    const { relayPort, homebridge } = place;
    const token = accessToken(homebridge.storage);
    const witness = await openViewer(relayPort, token, 'steady');
    await witness.more(5, 30_000);

    const path = `/steady/live?token=${token}`;
    const frames = {
      'without a mask': Buffer.from([0x81, 0x02, 0x68, 0x69]),
      'with reserved bits': Buffer.from([0xf1, 0x80, 0, 0, 0, 0]),
      'with an unknown opcode': Buffer.from([0x8b, 0x80, 0, 0, 0, 0]),
      'of 4 EB': Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
      'of 100 kB': Buffer.concat([
        Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x86, 0xa0]),
        Buffer.alloc(70_000),
      ]),
      'with a long ping': Buffer.from([0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0]),
      'that is no UTF-8': Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]),
      'that closes with 1005': Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed]),
    };
    const ended = await Promise.all(
      Object.entries(frames).map(async ([name, bytes]) => {
        const socket = await upgradeRaw(relayPort, path, 'libcamera.v1');
        socket.write(bytes);
        return [name, await waitForEnd(socket, 10_000)];
      }),
    );
    expect(ended).toEqual(Object.keys(frames).map((name) => [name, true]));

    const talker = await upgradeRaw(relayPort, path, 'libcamera.v1');
    const heard: Buffer[] = [];
    talker.on('data', (chunk) => heard.push(chunk));
    talker.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x7b]));
    // Broken JSON is answered with a close frame, code 1007.
    await eventually('a close frame', 10_000, () => Buffer.concat(heard).includes(Buffer.from([0x03, 0xef])));
    talker.destroy();

    for (const protocol of ['libcamera.v1', undefined]) {
      const socket = await upgradeRaw(relayPort, path, protocol);
      socket.write(Buffer.from([0x82, 0xfe, 0x10]), () => socket.resetAndDestroy());
      await waitForEnd(socket, 5_000);
    }
    await witness.more(30, 30_000);
    witness.close();
  });

  inEach('a camera program crashes, and the camera comes back', async ({ relayPort, homebridge }) => {
    const viewer = await openViewer(relayPort, accessToken(homebridge.storage), 'crashing');
    await viewer.more(1, 30_000);
    await homebridge.waitForLog(/Crashing: .*The camera program crashed \(SIGSEGV\)/, 30_000);
    await viewer.more(30, 30_000);
    viewer.close();
    expect(homebridge.log.filter((line) => line.includes('SIGSEGV'))).toHaveLength(1);
  });

  inEach('ffmpeg crashes, does not listen, hangs, writes nonsense or without end', async (place) => {
    const { homebridge, ffmpegMode, relayPort } = place;
    const viewer = await openViewer(relayPort, accessToken(homebridge.storage), 'steady');
    await viewer.more(5, 30_000);
    const said: Readonly<Record<string, RegExp>> = {
      crash: /ffmpeg made no still picture/,
      deaf: /ffmpeg made no still picture \(exit status 1\)/,
      hang: /ffmpeg took longer than 4 s/,
      garbage: /ffmpeg made no still picture \(exit status 0\)/,
      flood: /ffmpeg made no still picture|ffmpeg took longer/,
    };
    for (const [mode, pattern] of Object.entries(said)) {
      ffmpegMode(mode);
      const before = homebridge.log.length;
      const { status, counter } = await snapshotOf(place, 'steady');
      // A picture with words: no number in it.
      expect({ mode, status, counter }).toEqual({ mode, status: 200, counter: null });
      const lines = homebridge.log.slice(before).filter((line) => line.includes('ffmpeg'));
      expect(lines).toEqual([expect.stringMatching(pattern)]);
    }
    await eventually('no ffmpeg left', 10_000, () => {
      const running = processesWithMarker(homebridge.marker);
      return !running.some(({ command }) => /ffmpeg|sleep 600|^yes/.test(command));
    });

    ffmpegMode('works');
    expect((await snapshotOf(place, 'steady')).counter).not.toBeNull();
    viewer.close();
  });

  inEach('the media worker throws or ends, and starts again', async (place) => {
    const { relayPort, homebridge, workerFault } = place;
    const token = accessToken(homebridge.storage);
    for (const [fault, pattern] of [
      ['throw', /The media worker failed: a fault of the test\. Starting it again in \d/],
      ['exit', /The media worker ended\. Starting it again in \d/],
    ] as const) {
      const viewer = await openViewer(relayPort, token, 'steady');
      await viewer.more(5, 30_000);
      const before = cameraPrograms(homebridge).map(({ pid }) => pid);
      expect(before.length).toBeGreaterThan(0);
      const lines = homebridge.log.length;
      writeFileSync(workerFault, fault);
      await viewer.closed;
      await eventually('no camera program of the old worker', 10_000, () => {
        return !cameraPrograms(homebridge).some(({ pid }) => before.includes(pid));
      });
      await eventually('a new live view', 30_000, () =>
        homebridge.log.slice(lines).some((line) => line.includes('Live view: ')),
      );
      const again = await openViewer(relayPort, token, 'steady');
      await again.more(5, 30_000);
      again.close();
      // Beside it each camera that was on tells its own trouble.
      const errors = homebridge.log.slice(lines).filter((line) => /media worker.*Starting/.test(line));
      expect(errors).toEqual([expect.stringMatching(pattern)]);
    }
  });

  test(
    'the media worker hangs: its end is not waited for, and no camera program stays',
    async () => {
      await Promise.all(
        places.map(async ({ relayPort, homebridge, workerFault }) => {
          const viewer = await openViewer(relayPort, accessToken(homebridge.storage), 'steady');
          await viewer.more(5, 30_000);
          writeFileSync(workerFault, 'hang');
          await eventually('a worker that takes its order', 10_000, async () => {
            const { ended, text } = await sendRaw(relayPort, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 1_000);
            return !ended && text === '';
          });
          expect(await homebridge.stop('SIGTERM')).toEqual([]);
          viewer.close();
        }),
      );
    },
    longMs,
  );
});

/** The same process runs, and nobody saw a stack trace. */
function expectUnharmed({ homebridge }: Place): void {
  expect(processesWithMarker(homebridge.marker).map(({ pid }) => pid)).toContain(homebridge.pid);
  const alarming = /^\s+at .+:\d+|uncaught|unhandled|EPIPE|ECONNRESET|undefined/i;
  expect(homebridge.log.filter((line) => alarming.test(line))).toEqual([]);
}

async function snapshotOf(
  { homebridge }: Place,
  cameraId: string,
): Promise<{ status: number; counter: number | null }> {
  const { hapPort, bridge } = homebridge;
  const camera = camerasAmong(await readAccessories(hapPort)).find(
    (accessory) => informationOf(accessory).serialNumber === `libcamera-${cameraId}`,
  );
  const { status, body } = await askForSnapshot(hapPort, bridge.pin, camera?.aid);
  return { status, counter: await counterInJpeg(body) };
}
