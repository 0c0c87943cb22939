import { healthyMs, retryDelayMs } from '../shared/back-off.js';
import type { DiagnosisKind } from './diagnosis.js';

/**
 * How often what takes somebody's hand is looked at again, in ms. A program may be installed at any time; and devices
 * that come late at boot make the program take the machine for another one.
 */
const lookAgainMs = 60_000;

/** What to do after a process has ended. */
export type Restart =
  | { readonly restart: 'never' }
  /** `failures`: how many in a row that makes. */
  | { readonly restart: 'later'; readonly delayMs: number; readonly failures: number };

/**
 * @param failures failures in a row before this one
 * @param streamedMs how long the process delivered pictures
 * @param random 0 (inclusive) to 1 (exclusive)
 */
export function nextStart(
  kind: DiagnosisKind,
  failures: number,
  streamedMs: number,
  random: number,
): Restart {
  const inARow = streamedMs >= healthyMs ? 1 : failures + 1;
  switch (kind) {
    case 'fatal-config':
      return { restart: 'never' };
    case 'platform':
    case 'install':
      return { restart: 'later', delayMs: lookAgainMs, failures: inARow };
    case 'hardware-missing':
    case 'busy':
    case 'permission':
    case 'transient':
      return { restart: 'later', delayMs: retryDelayMs(inARow, random), failures: inARow };
  }
}
