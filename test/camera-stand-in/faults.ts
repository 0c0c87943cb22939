import { required } from './variables.js';
import type { Variables } from './variables.js';

/** What is to go wrong. Pictures are named by their index; README.md has the list. */
export interface Faults {
  /** Somebody else holds every camera. */
  readonly busy: boolean;
  /** The devices may not be opened. */
  readonly noPermission: boolean;
  /** The program fails with this text instead of opening the camera. */
  readonly failWith: string | undefined;
  /** Silence before the stream, in ms. */
  readonly startDelay: number;
  /** The process dies instead of writing this picture. */
  readonly crashAt: number | undefined;
  /** The process dies of an exception with this text instead of writing a picture. */
  readonly death: { readonly at: number; readonly what: string } | undefined;
  /** This picture is the last one. */
  readonly stallAt: number | undefined;
  /** The camera delivers nothing after a picture, until it was restarted so many times. */
  readonly timeout: { readonly after: number; readonly rounds: number } | undefined;
  /** Bytes without sense stand in the place of one picture, or of all from one on. */
  readonly garbageAt: number | undefined;
  readonly garbageFrom: number | undefined;
  readonly ignoresInterrupt: boolean;
  /** The camera's clock jumps at a picture, by some ms. */
  readonly clockJump: { readonly at: number; readonly by: number } | undefined;
  /** The writer stops for some ms in the middle of a picture, and of every so many after it if there is a period. */
  readonly pauses: PauseFault | undefined;
}

/** See {@link Faults.pauses}. */
export interface PauseFault {
  readonly at: number;
  /** In ms. */
  readonly duration: number;
  readonly every: number | undefined;
}

/** Reads the faults. */
export function readFaults(variables: Variables): Faults {
  return {
    busy: variables.flag('BUSY'),
    noPermission: variables.flag('PERMISSION'),
    failWith: variables.text('FAIL_WITH'),
    startDelay: variables.wholeNumber('START_DELAY_MS') ?? 0,
    crashAt: variables.wholeNumber('CRASH_AT'),
    death: readDeath(variables),
    stallAt: variables.wholeNumber('STALL_AT'),
    timeout: readTimeout(variables),
    garbageAt: variables.wholeNumber('GARBAGE_AT'),
    garbageFrom: variables.wholeNumber('GARBAGE_FROM'),
    ignoresInterrupt: variables.flag('IGNORE_SIGINT'),
    clockJump: readClockJump(variables),
    pauses: readPauses(variables),
  };
}

function readDeath(variables: Variables): Faults['death'] {
  const what = variables.text('DIE_WITH');
  return what === undefined ? undefined : { at: variables.wholeNumber('DIE_AT') ?? 0, what };
}

function readTimeout(variables: Variables): Faults['timeout'] {
  const after = variables.wholeNumber('TIMEOUT_AT');
  const rounds = variables.wholeNumber('TIMEOUTS') ?? Infinity;
  return after === undefined ? undefined : { after, rounds };
}

function readClockJump(variables: Variables): Faults['clockJump'] {
  const at = variables.wholeNumber('CLOCK_JUMP_AT');
  const by = variables.integer('CLOCK_JUMP_MS');
  return at === undefined ? undefined : { at, by: required(by, 'CLOCK_JUMP_MS') };
}

function readPauses(variables: Variables): PauseFault | undefined {
  const at = variables.wholeNumber('PAUSE_AT');
  const duration = variables.wholeNumber('PAUSE_MS');
  const every = variables.wholeNumber('PAUSE_EVERY');
  return at === undefined ? undefined : { at, duration: required(duration, 'PAUSE_MS'), every };
}
