import { readSettings } from '../../src/config/read-settings.js';
import type { CameraSettings } from '../../src/config/settings.js';

/** A camera as the configuration's defaults make it. */
export function cameraSettings(changes: Partial<CameraSettings> = {}): CameraSettings {
  const [camera] = readSettings({ cameras: [{ name: 'Garden' }] }).cameras;
  if (!camera) throw new Error('the defaults make no camera');
  return { ...camera, id: 'garden', ...changes };
}
