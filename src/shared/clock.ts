/** Ends a pending task; safe to call twice and after the task has run. */
export type Cancel = () => void;

/** The only way the plugin reads time or waits, so that tests can own both. */
export interface Clock {
  /** Monotonic time in microseconds (CLOCK_MONOTONIC: the same for every thread and process of the machine). */
  nowUs(): number;
  /** Runs `task` once, `delayMs` milliseconds from now. A waiting task does not keep the process alive. */
  after(delayMs: number, task: () => void): Cancel;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowUs: () => Math.trunc(Number(process.hrtime.bigint() / 1000n)),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
