const FIRST_MS = 500;
const LONGEST_MS = 8000;

/**
 * How long to wait before attempt number `attempt` (from 0), ms: 0.5 s doubling to 8 s. `random` (0 to 1) takes off up to a
 * quarter, so that pages which lost the relay together do not come back together.
 */
export function backoffMs(attempt: number, random: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (1 - random / 4);
}
