import type { Clock } from './clock.js';

/**
 * Waits, or returns at once when `signal` is aborted.
 *
 * @returns whether the whole time has passed
 */
export function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const finish = (passed: boolean): void => {
      cancel();
      signal.removeEventListener('abort', abort);
      resolve(passed);
    };
    const abort = (): void => finish(false);
    const cancel = clock.after(delayMs, () => finish(true));
    signal.addEventListener('abort', abort, { once: true });
  });
}

/**
 * Waits for `promise`, but no longer than `limitMs`.
 *
 * @returns its value, or nothing when the time ran out
 */
export async function within<T>(clock: Clock, limitMs: number, promise: Promise<T>): Promise<T | undefined> {
  const abort = new AbortController();
  try {
    return await Promise.race([promise, wait(clock, limitMs, abort.signal).then(() => undefined)]);
  } finally {
    abort.abort();
  }
}

/**
 * Waits for `promise`, but not once `signal` is aborted. It goes on for whoever else waits for it.
 *
 * @returns its value, or nothing when it was not waited for
 */
export function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
