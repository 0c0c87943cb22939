import { test } from '@jest/globals';
import { nodeForHomebridge } from '../setup/node-24.js';
import { notRun } from './not-run.js';

/** Declares the test once for each Homebridge; what this machine cannot run is reported as not run. */
export function testOnHomebridge(
  title: string,
  run: (version: 1 | 2) => Promise<void>,
  timeoutMs = 60_000,
): void {
  for (const version of [1, 2] as const) {
    const fullTitle = `Homebridge ${version}: ${title}`;
    const found = nodeForHomebridge(version);
    if ('reason' in found) notRun(fullTitle, found.reason);
    else test(fullTitle, () => run(version), timeoutMs);
  }
}
