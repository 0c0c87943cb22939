import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { platformOf, readDeviceNames } from '../../src/camera/platform.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test.each([
  ['a Pi 4', ['bcm2835-codec-decode', 'bcm2835-codec-encode', 'bcm2835-isp-output0', 'unicam-image'], 'vc4'],
  ['a Pi 5', ['pispbe-input', 'pispbe-output0', 'rp1-cfe-csi2_ch0', 'rpivid'], 'pisp'],
  ['the old camera stack', ['mmal service 16.1', 'bcm2835-codec-decode'], 'legacy'],
  ['a Pi 4 on which both show', ['mmal service 16.1', 'bcm2835-isp-capture0'], 'vc4'],
  ['a Pi 5 with a webcam', ['HD Pro Webcam C920', 'pispbe-config'], 'pisp'],
  ['a webcam only', ['HD Pro Webcam C920'], 'none'],
  ['nothing', [], 'none'],
])('%s', (_what, devices, platform) => {
  expect(platformOf(devices)).toBe(platform);
});

test('reads the names of the devices, and passes over what cannot be read', () => {
  const folder = temporaryFolder();
  for (const [device, name] of [
    ['video0', 'unicam-image\n'],
    ['video13', 'bcm2835-isp-output0\n'],
  ] as const) {
    mkdirSync(join(folder, device));
    writeFileSync(join(folder, device, 'name'), name);
  }
  mkdirSync(join(folder, 'video99'));
  expect(readDeviceNames(folder).sort()).toEqual(['bcm2835-isp-output0', 'unicam-image']);
  expect(readDeviceNames(join(folder, 'missing'))).toEqual([]);
});
