import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The two kinds of Raspberry Pi: vc4 has a hardware encoder (up to the Pi 4), pisp has none (Pi 5). */
export type Platform = 'vc4' | 'pisp';

/** A video device that only that kind has; the plugin tells them apart by it. */
const videoDevice: Readonly<Record<Platform, string>> = { vc4: 'bcm2835-isp-output0', pisp: 'pispbe-input' };

/** Environment that makes the plugin and the stand-in see that kind of Raspberry Pi. Writes below `folder`. */
export function playPlatform(platform: Platform, folder: string): Readonly<Record<string, string>> {
  const devices = join(folder, 'video-devices');
  mkdirSync(join(devices, 'video0'), { recursive: true });
  writeFileSync(join(devices, 'video0', 'name'), `${videoDevice[platform]}\n`);
  return { HOMEBRIDGE_LIBCAMERA_VIDEO_DEVICES: devices, CAMERA_STAND_IN_PLATFORM: platform };
}

/** The plugin's block in Homebridge's config.json. */
export function demoPlatform(program: string, cameras: number, port: number): Record<string, unknown> {
  return {
    platform: 'Libcamera',
    name: 'Libcamera',
    cameras: Array.from({ length: cameras }, (_, camera) => ({
      name: cameras === 1 ? 'Demo camera' : `Demo camera ${camera + 1}`,
      camera,
      program,
      width: 1280,
      height: 720,
      framerate: 30,
    })),
    relay: { host: '127.0.0.1', port },
  };
}
