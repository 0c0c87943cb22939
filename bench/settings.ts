import { readSettings } from '../src/config/read-settings.js';
import type { CameraSettings, RelaySettings } from '../src/config/settings.js';
import { source } from './source.js';
import { program } from './stand-in.js';

/** One camera, `bench`, that shows what the peers have to carry, too; it does not linger. */
export function benchSettings(): { camera: CameraSettings; relay: RelaySettings } {
  const { width, height, framerate, bitrate, gop } = source;
  const { cameras, relay } = readSettings({
    cameras: [
      {
        name: 'Bench',
        program,
        width,
        height,
        framerate,
        bitrate,
        keyFrameInterval: gop / framerate,
        linger: 0,
      },
    ],
  });
  const [camera] = cameras;
  if (!camera) throw new Error('the settings of the bench are wrong');
  return { camera: { ...camera, id: 'bench' }, relay };
}
