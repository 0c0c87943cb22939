import { expect, test } from '@jest/globals';
import { duration } from '../../src/shared/duration.js';

test.each([
  [-5, '0.0 s'],
  [0, '0.0 s'],
  [440, '0.4 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [3_599_000, '1 h'],
  [3_540_000, '59 min'],
  [7_500_000, '2 h 5 min'],
  [2_147_483_648, '24 d 20 h'],
])('%i ms are %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
