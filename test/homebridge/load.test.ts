import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from '@jest/globals';
import { bridgeRunning, processesWithMarker, startHomebridge } from '../support/homebridge.js';
import { testOnHomebridge } from '../support/on-homebridge.js';

testOnHomebridge('loads the plugin, and starts nothing without a configuration', async (version) => {
  const homebridge = await startHomebridge({ version, platforms: [] });
  try {
    await homebridge.waitForLog(/Loaded plugin: homebridge-libcamera/, 20_000);
    await homebridge.waitForLog(bridgeRunning, 20_000);
    expect(processesWithMarker(homebridge.marker).map((found) => found.pid)).toEqual([homebridge.pid]);
    expect(homebridge.log.filter((line) => /error|warn|requires/i.test(line))).toEqual([]);
  } finally {
    expect(await homebridge.stop()).toEqual([]);
  }
  // Homebridge 1 always ends after 5 s with 128 + SIGTERM's number; Homebridge 2 only if something kept it alive.
  expect(await homebridge.exited).toEqual({ code: version === 1 ? 143 : 0, signal: null });
  expect(existsSync(dirname(homebridge.storage))).toBe(false);
});
