import { CameraPipeline } from '../src/media/camera-pipeline.js';
import { ProcessSlots } from '../src/media/process-slots.js';
import { systemClock } from '../src/shared/clock.js';
import { benchSettings } from './settings.js';
import type { BenchCamera } from './stand-in.js';

/** The bench's camera, from its process to its live feed, in this thread. */
export function benchPipeline(standIn: BenchCamera): CameraPipeline {
  return new CameraPipeline({
    settings: benchSettings().camera,
    registry: new ProcessSlots(),
    clock: systemClock,
    log: () => undefined,
    runFolder: standIn.folder,
    deviceNames: standIn.deviceNames,
    ffmpegPath: undefined,
    onState: () => undefined,
  });
}
