/** CLOCK_MONOTONIC in µs: the clock of `process.hrtime()`, the same in every process of a machine. */
export function monotonic(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
