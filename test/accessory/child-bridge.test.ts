/** A child bridge ends and starts again while Homebridge goes on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { playPlatform } from '../demo/environment.js';
import { nodeForHomebridge } from '../setup/node-24.js';
import { cameraPrograms } from '../support/citizen.js';
import { eventually } from '../support/eventually.js';
import { freePort, isPortFree } from '../support/free-port.js';
import { camerasAmong, informationOf, readAccessories } from '../support/hap.js';
import { type RunningHomebridge, startHomebridge } from '../support/homebridge.js';
import { notRun } from '../support/not-run.js';
import { processesWithMarker } from '../support/processes.js';
import { accessToken, openViewer } from '../support/citizen-viewer.js';
import { standInCamera } from '../support/stand-in-camera.js';

const child = { username: '0E:11:22:33:44:77', name: 'Camera Bridge' };
const childStarted = /\(Camera Bridge\) is running on port/;

const title = 'a child bridge that is restarted reads its configuration again; one that is killed comes back';

const versions = ([1, 2] as const).filter((version) => {
  const found = nodeForHomebridge(version);
  if ('reason' in found) notRun(`Homebridge ${version}: ${title}`, found.reason);
  return !('reason' in found);
});

test.concurrent.each(versions)(
  `Homebridge %d: ${title}`,
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-child-'));
    const [hapPort, firstPort, secondPort] = [await freePort(), await freePort(), await freePort()];
    const { program } = standInCamera(folder, 'front');
    const platform = (name: string, port: number): Record<string, unknown> => ({
      platform: 'Libcamera',
      name: 'Libcamera',
      cameras: [{ name, program }],
      relay: { host: '127.0.0.1', port },
      _bridge: { ...child, port: hapPort },
    });
    const homebridge = await startHomebridge({
      version,
      folder,
      ipc: true,
      env: playPlatform('vc4', folder),
      platforms: [platform('Front door', firstPort)],
    });
    try {
      await homebridge.waitForLog(childStarted, 30_000);
      await watch(homebridge, firstPort);

      // As the Homebridge UI does it: Homebridge itself reads the configuration for nothing less.
      const path = join(homebridge.storage, 'config.json');
      const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      writeFileSync(path, JSON.stringify({ ...config, platforms: [platform('Garage', secondPort)] }));
      const beforeRestart = camerasOf(homebridge);
      homebridge.send({ id: 'restartChildBridge', data: child.username });
      await eventually('the camera program ends', 10_000, () => isGone(homebridge, beforeRestart));
      await homebridge.waitForLog(new RegExp(`Live view: .*:${secondPort}/`), 30_000);
      expect(await isPortFree(firstPort, '127.0.0.1')).toBe(true);
      await eventually('the new name', 30_000, () => nameOnBridge(hapPort, 'Garage'));
      await watch(homebridge, secondPort);

      const beforeKill = camerasOf(homebridge);
      const lines = homebridge.log.length;
      process.kill(pidOfChild(homebridge), 'SIGKILL');
      await eventually('the camera program ends', 10_000, () => isGone(homebridge, beforeKill));
      await eventually('a new live view', 30_000, () =>
        homebridge.log.slice(lines).some((line) => line.includes('Live view: ')),
      );
      await watch(homebridge, secondPort);
    } finally {
      const leftovers = await homebridge.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      expect(leftovers).toEqual([]);
    }
  },
  90_000,
);

/** Opens a viewer, which stays until the plugin ends. */
async function watch(homebridge: RunningHomebridge, port: number): Promise<void> {
  await homebridge.waitForLog(/Live view: /, 30_000);
  const viewer = await openViewer(port, accessToken(homebridge.storage), 'front-door');
  await viewer.more(10, 30_000);
}

function camerasOf(homebridge: RunningHomebridge): readonly number[] {
  const pids = cameraPrograms(homebridge).map(({ pid }) => pid);
  expect(pids).toHaveLength(1);
  return pids;
}

function isGone(homebridge: RunningHomebridge, pids: readonly number[]): boolean {
  return !cameraPrograms(homebridge).some(({ pid }) => pids.includes(pid));
}

function pidOfChild(homebridge: RunningHomebridge): number {
  const found = processesWithMarker(homebridge.marker).find(
    ({ command }) => command.startsWith('homebridge: ') && command.includes('homebridge-libcamera'),
  );
  if (found === undefined) throw new Error('There is no child bridge.');
  return found.pid;
}

async function nameOnBridge(port: number, name: string): Promise<boolean> {
  const accessories = await readAccessories(port).catch(() => []);
  return camerasAmong(accessories).some((accessory) => informationOf(accessory).name === name);
}
