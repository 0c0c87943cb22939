import { healthyMs, retryDelayMs } from '../shared/back-off.js';
import type { DiagnosisKind } from './diagnosis.js';

/** Somebody may install or update the program at any time: it is looked for this often, in ms. */
const installLookMs = 60_000;

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
    case 'platform':
      return { restart: 'never' };
    case 'install':
      return { restart: 'later', delayMs: installLookMs, failures: inARow };
    case 'hardware-missing':
    case 'busy':
    case 'permission':
    case 'transient':
      return { restart: 'later', delayMs: retryDelayMs(inARow, random), failures: inARow };
  }
}
