/**
 * Waits until something is true.
 *
 * @param what for the error, when `limitMs` have passed without it
 */
export async function until(
  condition: () => boolean,
  what: string | (() => string),
  limitMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline) {
      throw new Error(`Not within ${limitMs} ms: ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
