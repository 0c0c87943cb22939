import { join } from 'node:path';
import type { CameraHost } from '../../src/camera/camera-host.js';
import { ownerMark, ownerVariable } from '../../src/camera/orphans.js';
import type { CameraSettings } from '../../src/config/settings.js';
import { CameraPipeline } from '../../src/media/camera-pipeline.js';
import { ProcessSlots } from '../../src/media/process-slots.js';
import type { CameraState } from '../../src/shared/camera-state.js';
import { type Clock, systemClock } from '../../src/shared/clock.js';
import { encodeJpeg } from '../../src/snapshot/jpeg-encoder.js';
import { realMachine } from './machine.js';

export interface RealPipelineOptions {
  readonly settings: CameraSettings;
  /** For the FIFO. */
  readonly folder: string;
  /** Folder with the names of the video devices. */
  readonly deviceNames: string;
  readonly clock?: Clock;
  readonly log?: (level: string, message: string) => void;
  readonly onState?: (state: CameraState) => void;
  /** Parts of the machine that are not as they are. */
  readonly host?: Partial<CameraHost>;
}

/** One camera with real processes, from its process to its live feed, in this thread. */
export function realPipeline(options: RealPipelineOptions): {
  readonly pipeline: CameraPipeline;
  /** This machine as it is. */
  readonly host: CameraHost;
  readonly close: () => Promise<void>;
} {
  const { settings, folder, deviceNames, clock = systemClock } = options;
  const log = options.log ?? ((): void => undefined);
  const registry = new ProcessSlots();
  const environment = { ...process.env, [ownerVariable]: ownerMark(folder) };
  const abort = new AbortController();
  const ptsFifo = join(folder, 'run', `${settings.id}.pts`);
  const { signal } = abort;
  const machine = realMachine({ settings, registry, log, deviceNames, ptsFifo, signal, environment });
  const pipeline = new CameraPipeline({
    settings,
    host: { ...machine, ...options.host },
    clock,
    log,
    encode: (keyFrame) => encodeJpeg(keyFrame, { ffmpegPath: undefined, environment, registry, clock }),
    onState: options.onState ?? ((): void => undefined),
  });
  return {
    pipeline,
    host: machine,
    async close() {
      abort.abort();
      await pipeline.close();
      registry.killAll();
    },
  };
}
