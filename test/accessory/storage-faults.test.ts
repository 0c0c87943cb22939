/** What the plugin needs around it is missing or spoilt: Homebridge starts all the same and says so once. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { playPlatform } from '../demo/environment.js';
import { nodeForHomebridge } from '../setup/node-24.js';
import { freePort } from '../support/free-port.js';
import { askForSnapshot, camerasAmong, readAccessories } from '../support/hap.js';
import { bridgeRunning, type RunningHomebridge, startHomebridge } from '../support/homebridge.js';
import { accessToken, openViewer } from '../support/citizen-viewer.js';
import { counterInJpeg, standInCamera } from '../support/stand-in-camera.js';

const longMs = 60_000;
const version = 'node' in nodeForHomebridge(2) ? 2 : 1;

interface Spoilt {
  readonly homebridge: RunningHomebridge;
  readonly relayPort: number;
}

/** Runs Homebridge with one camera, after `spoil` was called with its storage folder. */
async function inSpoilt(
  spoil: (storage: string) => void,
  settings: Readonly<Record<string, unknown>>,
  look: (spoilt: Spoilt) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-spoilt-'));
  const storage = join(folder, 'storage');
  mkdirSync(storage);
  spoil(storage);
  const relayPort = await freePort();
  const homebridge = await startHomebridge({
    version,
    folder,
    env: playPlatform('vc4', folder),
    platforms: [
      {
        platform: 'Libcamera',
        name: 'Libcamera',
        relay: { host: '127.0.0.1', port: relayPort },
        cameras: [{ name: 'Front door', program: standInCamera(folder, 'front').program }],
        ...settings,
      },
    ],
  });
  try {
    await homebridge.waitForLog(bridgeRunning, 30_000);
    await look({ homebridge, relayPort });
    expect(homebridge.log.filter((line) => /^\s+at |uncaught|unhandled/i.test(line))).toEqual([]);
  } finally {
    const leftovers = await homebridge.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    expect(leftovers).toEqual([]);
  }
}

test.concurrent.each([
  [
    'a file is in the place of its folder',
    (storage: string) => writeFileSync(`${storage}/homebridge-libcamera`, ''),
  ],
  // Nobody can write there, root included.
  [
    'its folder cannot be written',
    (storage: string) => symlinkSync('/proc', `${storage}/homebridge-libcamera`),
  ],
])(
  'Homebridge starts when %s',
  async (_, spoil) => {
    await inSpoilt(spoil, {}, async ({ homebridge }) => {
      const line = await homebridge.waitForLog(/could not be started/, 30_000);
      expect(line).toContain('homebridge-libcamera');
      expect(homebridge.log.filter((other) => other.includes('could not'))).toHaveLength(1);
      // The accessory is there and answers that it has no picture.
      const [camera] = camerasAmong(await readAccessories(homebridge.hapPort));
      const { status } = await askForSnapshot(homebridge.hapPort, homebridge.bridge.pin, camera?.aid);
      expect(status).toBe(207);
    });
  },
  longMs,
);

test.concurrent(
  'Homebridge starts when there is neither ffmpeg nor a folder for FIFOs, and the live view works',
  async () => {
    const spoil = (storage: string): void => {
      mkdirSync(`${storage}/homebridge-libcamera`);
      writeFileSync(`${storage}/homebridge-libcamera/run`, '');
    };
    await inSpoilt(spoil, { ffmpegPath: '/nonexistent/ffmpeg' }, async ({ homebridge, relayPort }) => {
      await homebridge.waitForLog(/Live view: /, 30_000);
      const viewer = await openViewer(relayPort, accessToken(homebridge.storage), 'front-door');
      await viewer.more(10, 30_000);
      const [camera] = camerasAmong(await readAccessories(homebridge.hapPort));
      for (const attempt of [1, 2]) {
        const { status, body } = await askForSnapshot(homebridge.hapPort, homebridge.bridge.pin, camera?.aid);
        expect({ attempt, status, counter: await counterInJpeg(body) }).toEqual({
          attempt,
          status: 200,
          counter: null,
        });
      }
      viewer.close();
      const said = homebridge.log.filter((line) => line.includes('ffmpeg'));
      expect(said).toEqual([expect.stringContaining('"ffmpegPath" /nonexistent/ffmpeg does not exist')]);
    });
  },
  longMs,
);
