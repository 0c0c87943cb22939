import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';
import { bridgeRunning, startHomebridge } from '../support/homebridge.js';

/** As a user has it: without the project's folder, its development dependencies and its tests. */
test('Homebridge loads the plugin from the package alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-pack-'));
  try {
    const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [packed] = Object.values(JSON.parse(output) as Readonly<Record<string, { filename: string }>>);
    execFileSync('tar', ['-xzf', join(folder, packed?.filename ?? ''), '-C', folder]);
    const plugin = join(folder, 'package');
    mkdirSync(join(plugin, 'node_modules'));
    for (const name of ['jmuxer', 'ws'])
      symlinkSync(join(projectRoot, 'node_modules', name), join(plugin, 'node_modules', name));

    const homebridge = await startHomebridge({ version: 1, plugin, platforms: [{ platform: 'Libcamera' }] });
    try {
      await homebridge.waitForLog(/Initializing Libcamera platform/, 20_000);
      await homebridge.waitForLog(bridgeRunning, 20_000);
    } finally {
      expect(await homebridge.stop()).toEqual([]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 90_000);
