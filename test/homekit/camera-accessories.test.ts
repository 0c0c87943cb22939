import { beforeEach, expect, test } from '@jest/globals';
import * as hap from '@homebridge/hap-nodejs';
import type { API, PlatformAccessory } from 'homebridge';
import { CameraAccessories } from '../../src/homekit/camera-accessories.js';
import { cameraSettings } from '../support/camera-settings.js';

let removed: string[];

beforeEach(() => {
  removed = [];
});

const cached = (id: string): PlatformAccessory =>
  new hap.Accessory(
    'Cached',
    hap.uuid.generate(`homebridge-libcamera:${id}`),
  ) as unknown as PlatformAccessory;

function publish(camerasAreListed: boolean, ...restored: readonly string[]): void {
  const api = {
    hap,
    updatePlatformAccessories: () => undefined,
    unregisterPlatformAccessories: (_plugin: string, _platform: string, gone: PlatformAccessory[]) =>
      removed.push(...gone.map(({ UUID }) => UUID)),
  } as unknown as API;
  const accessories = new CameraAccessories({
    api,
    pluginName: 'homebridge-libcamera',
    platformName: 'Libcamera',
    pluginVersion: '1.0.0',
    cameras: camerasAreListed ? [cameraSettings({ id: 'door' })] : [],
    camerasAreListed,
    media: () => undefined,
  });
  for (const id of restored) accessories.restore(cached(id));
  accessories.publish();
}

test('a camera that has left the configuration is removed', () => {
  publish(true, 'door', 'yard');
  expect(removed).toEqual([hap.uuid.generate('homebridge-libcamera:yard')]);
});

test('a configuration whose "cameras" is no list removes nobody: rooms and automations would be lost', () => {
  publish(false, 'door', 'yard');
  expect(removed).toEqual([]);
});
