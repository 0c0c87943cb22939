import { existsSync, writeFileSync } from 'node:fs';

/** The Raspberry Pi that is imitated: `vc4` is a Pi 0 to 4, `pisp` a Pi 5. */
export type Platform = 'vc4' | 'pisp';

/** What the environment asks of the stand-in. README.md has the list. */
export interface Environment {
  readonly platform: Platform;
  /** Cameras that are connected, 0 … 4. */
  readonly cameras: number;
  /** The process dies instead of writing the picture with this index, if any. */
  readonly crashAt: number | undefined;
  /** The picture with this index is the last one, if any. */
  readonly stallAt: number | undefined;
  /** Silence before the stream, in ms. */
  readonly startDelay: number;
  /** A file that gets one line per picture, if any. */
  readonly writeLog: string | undefined;
  /** To be called when a fault strikes: with FAULT_ONCE it will not do so again. */
  strike(): void;
}

const PREFIX = 'CAMERA_STAND_IN_';

/** Reads the environment variables; a value that makes no sense is a mistake in a test and ends the process. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const platform = env[`${PREFIX}PLATFORM`] ?? 'vc4';
  if (platform !== 'vc4' && platform !== 'pisp') {
    throw new Error(`${PREFIX}PLATFORM must be vc4 or pisp, not ${platform}.`);
  }
  const marker = env[`${PREFIX}FAULT_ONCE`];
  const healthy = marker !== undefined && existsSync(marker);
  const fault = (name: string): number | undefined => (healthy ? undefined : wholeNumber(env, name));
  const cameras = wholeNumber(env, 'CAMERAS') ?? 1;
  if (cameras > 4) {
    throw new Error(`${PREFIX}CAMERAS must be 0 to 4, not ${cameras}.`);
  }
  return {
    platform,
    cameras: healthy ? Math.max(1, cameras) : cameras,
    crashAt: fault('CRASH_AT'),
    stallAt: fault('STALL_AT'),
    startDelay: fault('START_DELAY_MS') ?? 0,
    writeLog: env[`${PREFIX}WRITE_LOG`],
    strike: () => {
      if (marker !== undefined) {
        writeFileSync(marker, '');
      }
    },
  };
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[PREFIX + name];
  if (text === undefined || text === '') {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw new Error(`${PREFIX}${name} must be a whole number, not ${text}.`);
  }
  return Number(text);
}
