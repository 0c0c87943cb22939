import { existsSync, writeFileSync } from 'node:fs';
import { readFaults } from './faults.js';
import type { Faults } from './faults.js';
import { Variables } from './variables.js';

/** The Raspberry Pi that is imitated: `vc4` is a Pi 0 to 4, `pisp` a Pi 5. */
export type Platform = 'vc4' | 'pisp';

/** What the environment asks of the stand-in. README.md has the list. */
export interface Environment {
  readonly platform: Platform;
  /** Cameras that can be found, 0 … 4. */
  readonly cameras: number;
  /** Those who share this folder share their cameras, if any do. */
  readonly lock: string | undefined;
  /** What the camera's clock shows at the first picture, in ms. */
  readonly clockStart: number;
  /** Every IDR picture is larger than the encoder's buffers. */
  readonly bigKeyFrames: boolean;
  /** A file that gets one line per picture, if any. */
  readonly writeLog: string | undefined;
  readonly faults: Faults;
  /** To be called when a fault strikes: with FAULT_ONCE it will not do so again. */
  strike(): void;
}

/** Reads the environment variables. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const variables = new Variables(env);
  const platform = variables.text('PLATFORM') ?? 'vc4';
  if (platform !== 'vc4' && platform !== 'pisp') {
    throw new Error(`CAMERA_STAND_IN_PLATFORM must be vc4 or pisp, not ${platform}.`);
  }
  const cameras = variables.wholeNumber('CAMERAS') ?? 1;
  if (cameras > 4) {
    throw new Error(`CAMERA_STAND_IN_CAMERAS must be 0 to 4, not ${cameras}.`);
  }
  const marker = variables.text('FAULT_ONCE');
  const healthy = marker !== undefined && existsSync(marker);
  const faults = readFaults(healthy ? new Variables({}) : variables);
  const found = healthy ? Math.max(1, cameras) : cameras;
  return {
    platform,
    cameras: faults.noPermission ? 0 : found,
    lock: variables.text('LOCK'),
    clockStart: variables.wholeNumber('CLOCK_START_MS') ?? 0,
    bigKeyFrames: variables.flag('BIG_KEY_FRAMES'),
    writeLog: variables.text('WRITE_LOG'),
    faults,
    strike: () => {
      if (marker !== undefined) {
        writeFileSync(marker, '');
      }
    },
  };
}
