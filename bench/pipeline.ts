import type { CameraHost } from '../src/camera/camera-host.js';
import type { CameraPipeline } from '../src/media/camera-pipeline.js';
import { realPipeline } from '../test/support/real-pipeline.js';
import { benchSettings } from './settings.js';
import type { BenchCamera } from './stand-in.js';

/** The bench's camera, from its process to its live feed, in this thread. */
export function benchPipeline(camera: BenchCamera, host: Partial<CameraHost> = {}): CameraPipeline {
  // The pipeline gives its own environment to the camera program.
  Object.assign(process.env, camera.environment);
  const { folder, deviceNames } = camera;
  return realPipeline({ settings: benchSettings().camera, folder, deviceNames, host }).pipeline;
}
