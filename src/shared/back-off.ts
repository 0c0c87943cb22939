const shortestMs = 500;
const longestMs = 60_000;

/** Something that ran as long as this was healthy: its next failure counts as the first. */
export const healthyMs = 60_000;

/**
 * How long to wait before trying again: doubles from 0.5 s to 60 s, with a quarter of jitter so that several do not
 * try in step.
 *
 * @param failures failures in a row, from 1
 * @param random 0 (inclusive) to 1 (exclusive)
 * @returns ms
 */
export function retryDelayMs(failures: number, random: number): number {
  const delay = Math.min(longestMs, shortestMs * 2 ** Math.min(failures - 1, 16));
  return Math.round(delay * (0.75 + random * 0.25));
}
