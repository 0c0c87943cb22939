import { readSettings } from '../src/config/read-settings.js';
import type { CameraSettings, RelaySettings } from '../src/config/settings.js';
import { program } from './stand-in.js';

/** One camera, `bench`, with the defaults; it does not linger. */
export function benchSettings(): { camera: CameraSettings; relay: RelaySettings } {
  const { cameras, relay } = readSettings({ cameras: [{ name: 'Bench', program, linger: 0 }] });
  const [camera] = cameras;
  if (!camera) throw new Error('the settings of the bench are wrong');
  return { camera: { ...camera, id: 'bench' }, relay };
}
