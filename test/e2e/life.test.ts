/** When cameras run and when not, and what the rest of Homebridge notices of those that cannot. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Platform } from '../demo/environment.js';
import { freePort } from '../support/free-port.js';
import { PlainViewer, ProtocolViewer } from '../support/relay-viewer.js';
import {
  cameraPid,
  eventually,
  startStandInHomebridge,
  type StandInHomebridge,
} from '../support/stand-in-homebridge.js';
import { compareWithClip, isDiscontinuity, protocolFaults } from './stream-checks.js';

const soonMs = 15_000;
const platforms = ['vc4', 'pisp'] as const;
const lingerS = 1;

const cameras = {
  Watched: { config: { linger: lingerS } },
  Brief: { config: { linger: 0 } },
  Left: { config: { camera: 0 }, standIn: { CAMERAS: '2' } },
  Right: { config: { camera: 1 }, standIn: { CAMERAS: '2' } },
  Missing: { config: { program: '/nowhere/rpicam-vid' } },
  'Küche ☀': {},
};

const homebridges = new Map<Platform, StandInHomebridge>();
let storage: string;

beforeAll(async () => {
  storage = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-storage-'));
  const [vc4, pisp] = await Promise.all([
    startStandInHomebridge({ platform: 'vc4', cameras, storage }),
    startStandInHomebridge({ platform: 'pisp', cameras }),
  ]);
  homebridges.set('vc4', vc4).set('pisp', pisp);
}, 60_000);

afterAll(async () => {
  const left = await Promise.all([...homebridges.values()].map((homebridge) => homebridge.stop()));
  rmSync(storage, { recursive: true, force: true });
  expect(left.flat()).toEqual([]);
}, 30_000);

function running(platform: Platform): StandInHomebridge {
  const homebridge = homebridges.get(platform);
  if (!homebridge) throw new Error(`Homebridge on ${platform} did not start.`);
  return homebridge;
}

function get({ origin, token }: StandInHomebridge, path: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${token}` };
  return fetch(origin + path, { headers, signal: AbortSignal.timeout(soonMs) });
}

async function camerasOf(standIn: StandInHomebridge): Promise<unknown> {
  return (await get(standIn, '/cameras.json')).json();
}

test.concurrent.each(platforms)(
  'on %s a camera runs from its first viewer until its last one has left, and a while longer',
  async (platform) => {
    const standIn = running(platform);
    expect((await get(standIn, '/watched/')).status).toBe(200);
    expect(standIn.cameraProcesses('Watched')).toEqual([]);

    const first = await ProtocolViewer.watch(standIn.socketUrl('watched'));
    await first.more(5, soonMs);
    const pid = cameraPid(standIn, 'Watched');
    await first.leave();
    const last = await PlainViewer.open(standIn.socketUrl('watched', 'join=gop'));
    await last.more(5, soonMs);
    expect(cameraPid(standIn, 'Watched')).toBe(pid);

    await last.drop();
    const leftAt = performance.now();
    await eventually('the camera is stopped', soonMs, () => standIn.cameraProcesses('Watched').length === 0);
    // The time of the viewer's end as the relay saw it lies a little before or after the one here.
    expect(performance.now() - leftAt).toBeGreaterThan(lingerS * 1000 - 200);
    // What the program says of SIGINT, which lets it close the camera in order.
    await standIn.homebridge.waitForLog(/Watched: Received signal 2$/, soonMs);
    await standIn.homebridge.waitForLog(
      /Watched: The camera is off because nobody is watching\. It had been live for [\d.]+ s\.$/,
      soonMs,
    );

    const again = await ProtocolViewer.watch(standIn.socketUrl('watched'));
    await again.more(5, soonMs);
    expect(cameraPid(standIn, 'Watched')).not.toBe(pid);
    expect(again.pictures.map(isDiscontinuity).slice(0, 2)).toEqual([true, false]);
    expect(protocolFaults(again)).toEqual([]);
    await again.leave();
  },
  60_000,
);

test.concurrent.each(platforms)(
  'on %s who comes while the camera is being stopped sees pictures, and goes on seeing them',
  async (platform) => {
    const standIn = running(platform);
    const first = await ProtocolViewer.watch(standIn.socketUrl('brief'));
    await first.more(5, soonMs);
    const pid = cameraPid(standIn, 'Brief');
    await first.leave();
    await standIn.homebridge.waitForLog(/Brief: Received signal 2$/, soonMs);
    const next = await ProtocolViewer.watch(standIn.socketUrl('brief'));
    await next.until('the next process', soonMs, () => next.pictures.slice(0, -10).some(isDiscontinuity));
    expect(cameraPid(standIn, 'Brief')).not.toBe(pid);
    expect(protocolFaults(next)).toEqual([]);
    expect(compareWithClip(next.pictures, platform).faults).toEqual([]);
    await next.leave();
  },
  60_000,
);

test.concurrent.each(platforms)(
  'on %s two cameras know nothing of each other',
  async (platform) => {
    const standIn = running(platform);
    const [left, right] = await Promise.all([
      ProtocolViewer.watch(standIn.socketUrl('left')),
      ProtocolViewer.watch(standIn.socketUrl('right')),
    ]);
    await Promise.all([left.more(10, soonMs), right.more(10, soonMs)]);
    const commands = ['Left', 'Right'].map((name) => standIn.cameraProcesses(name)[0]?.command);
    expect(commands).toEqual([
      expect.stringContaining('--camera 0 '),
      expect.stringContaining('--camera 1 '),
    ]);
    expect(left.messages('hello')[0]).toMatchObject({ camera: { id: 'left', name: 'Left' } });

    const pid = cameraPid(standIn, 'Right');
    process.kill(cameraPid(standIn, 'Left'), 'SIGKILL');
    await left.until('recovery', soonMs, () => left.pictures.slice(0, -5).some(isDiscontinuity));
    await right.more(5, soonMs);
    expect(cameraPid(standIn, 'Right')).toBe(pid);
    expect(compareWithClip(right.pictures, platform)).toEqual({ faults: [], restarts: [] });
    expect(right.messages('state').map(({ state }) => state)).not.toContain('recovering');
    expect([...protocolFaults(left), ...protocolFaults(right)]).toEqual([]);
    await Promise.all([left.leave(), right.leave()]);
  },
  60_000,
);

test.concurrent.each(platforms)(
  'on %s a missing program is named with its remedy, and the other cameras play',
  async (platform) => {
    const standIn = running(platform);
    const viewer = await ProtocolViewer.watch(standIn.socketUrl('missing'));
    const words = {
      reason: 'The camera program "/nowhere/rpicam-vid" does not exist or cannot be run.',
      remedy: 'Correct "program" in the configuration, or leave it out.',
    };
    // It may be installed at any time: it is looked for again.
    expect(await viewer.state('recovering', soonMs)).toMatchObject(words);
    await standIn.homebridge.waitForLog(/Missing: The camera program .* Correct "program"/, soonMs);
    await viewer.leave();

    const other = await PlainViewer.open(standIn.socketUrl('küche'));
    await other.more(5, soonMs);
    expect(compareWithClip(other.pictures, platform)).toEqual({ faults: [], restarts: [] });
    await other.leave();
    expect((await get(standIn, '/küche/')).status).toBe(200);
    expect(await camerasOf(standIn)).toContainEqual({ id: 'küche', name: 'Küche ☀' });
  },
  60_000,
);

/** @returns ends it */
async function occupy(port: number): Promise<() => Promise<void>> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () => new Promise((resolve) => server.close(() => resolve()));
}

test.concurrent(
  'the log names who holds the relay’s port, and the relay answers once it is free',
  async () => {
    const port = await freePort();
    const release = await occupy(port);
    try {
      const standIn = await startStandInHomebridge({
        platform: 'pisp',
        cameras: { Waiting: {} },
        port,
        relayIsBlocked: true,
      });
      try {
        const complaint = new RegExp(
          `The live view cannot start because port ${port} is taken by .+ \\(process ${process.pid}\\)\\. ` +
            'End that program, or set another "relay\\.port"\\.$',
        );
        const complaints = (): number => standIn.homebridge.log.filter((line) => complaint.test(line)).length;
        await eventually('the relay tries again', soonMs, () => complaints() > 1);
        await release();
        await standIn.homebridge.waitForLog(/Live view: http/, soonMs);
        expect(await camerasOf(standIn)).toEqual([{ id: 'waiting', name: 'Waiting' }]);
      } finally {
        expect(await standIn.stop()).toEqual([]);
      }
    } finally {
      await release();
    }
  },
  60_000,
);

test('a camera that gets another name keeps its address', async () => {
  const old = await ProtocolViewer.watch(running('vc4').socketUrl('küche'));
  await old.more(5, soonMs);
  expect(await running('vc4').stop()).toEqual([]);
  expect(old.closed?.code).toBe(1001);
  const { 'Küche ☀': plan, ...others } = cameras;
  const renamed = { ...others, Kitchen: plan };
  const standIn = await startStandInHomebridge({ platform: 'vc4', cameras: renamed, storage });
  homebridges.set('vc4', standIn);
  expect(await camerasOf(standIn)).toContainEqual({ id: 'küche', name: 'Kitchen' });
  const viewer = await ProtocolViewer.watch(standIn.socketUrl('küche'));
  await viewer.more(5, soonMs);
  expect(viewer.messages('hello')[0]).toMatchObject({ camera: { id: 'küche', name: 'Kitchen' } });
  await viewer.leave();
}, 60_000);
