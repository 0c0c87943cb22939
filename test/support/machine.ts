import type { CameraHost } from '../../src/camera/camera-host.js';
import { CameraPrograms } from '../../src/camera/camera-programs.js';
import { machineHost } from '../../src/camera/machine-host.js';
import { systemClock } from '../../src/shared/clock.js';
import type { CameraSettings } from '../../src/config/settings.js';
import type { Log } from '../../src/shared/log.js';
import type { ProcessRegistry } from '../../src/shared/spawn-bound.js';

/** This machine, for one camera and real processes. */
export function realMachine(options: {
  readonly settings: CameraSettings;
  readonly registry: ProcessRegistry;
  readonly log: Log;
  readonly deviceNames: string;
  readonly ptsFifo: string;
  /** Ends what is asked. */
  readonly signal: AbortSignal;
  readonly environment?: NodeJS.ProcessEnv;
}): CameraHost {
  const { settings, registry, log, deviceNames, ptsFifo, signal, environment = process.env } = options;
  const programs = new CameraPrograms({
    environment,
    registry,
    clock: systemClock,
    log,
    signal,
    ready: Promise.resolve([]),
  });
  return machineHost({ camera: settings, programs, registry, environment, deviceNames, ptsFifo });
}
