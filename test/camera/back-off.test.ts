import { expect, test } from '@jest/globals';
import { retryDelayMs } from '../../src/shared/back-off.js';

test.each([
  [1, 500],
  [2, 1000],
  [3, 2000],
  [4, 4000],
  [5, 8000],
  [6, 16_000],
  [7, 32_000],
  [8, 60_000],
  [9, 60_000],
  [1000, 60_000],
])('failure %i waits %i ms at most and three quarters of it at least', (failures, longest) => {
  expect(retryDelayMs(failures, 0)).toBe(longest * 0.75);
  expect(retryDelayMs(failures, 0.5)).toBe(Math.round(longest * 0.875));
  expect(retryDelayMs(failures, 1 - Number.EPSILON)).toBe(longest);
});
