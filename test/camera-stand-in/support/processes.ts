import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { pause } from './stand-in.js';

/** Resolves when the condition holds. */
export async function waitFor(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    expect(Date.now()).toBeLessThan(end);
    await pause(50);
  }
}

/** True if there is a process with this id that still does something. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie that nobody has waited for yet is dead enough.
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
