import { appendFileSync } from 'node:fs';
import { test } from '@jest/globals';
import { notRunFile } from '../setup/summary.js';

/**
 * Stands where `test(title, …)` would stand, if this machine could run it. The test counts as skipped, and the test
 * runner prints the reason at the end: nothing is left out silently.
 */
export function notRun(title: string, reason: string): void {
  test.skip(title, () => undefined);
  const line = `not run: ${title}: ${reason}`;
  const file = process.env[notRunFile];
  if (file === undefined) console.warn(line);
  else appendFileSync(file, `${line}\n`);
}
