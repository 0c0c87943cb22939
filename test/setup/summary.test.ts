import { expect, test } from '@jest/globals';
import type { JestResult } from './summary.js';
import { summaryLine } from './summary.js';

const none: JestResult = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

test.each<[Partial<JestResult>, string]>([
  [{}, '0 passed, 0 failed'],
  [{ numPassedTests: 12 }, '12 passed, 0 failed'],
  [{ numPassedTests: 12, numFailedTests: 1 }, '12 passed, 1 failed'],
  [{ numPassedTests: 12, numPendingTests: 2, numTodoTests: 1 }, '12 passed, 0 failed, 3 skipped'],
  [{ numFailedTests: 1, numRuntimeErrorTestSuites: 1 }, '0 passed, 2 failed'],
])('%j is "%s"', (numbers, expected) => {
  expect(summaryLine({ ...none, ...numbers })).toBe(expected);
});
