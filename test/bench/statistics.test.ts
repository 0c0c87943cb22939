import { expect, test } from '@jest/globals';
import { mean, median, quantile, slope } from '../../bench/statistics.js';

test('quantiles, whatever the order', () => {
  const values = [5, 1, 4, 2, 3];
  expect([quantile(values, 0), median(values), quantile(values, 0.99), quantile(values, 1)]).toEqual([
    1, 3, 5, 5,
  ]);
  expect(median([])).toBeNaN();
});

test('mean and slope', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(slope([[0, 1], [1, 3], [2, 5]])).toBe(2); // prettier-ignore
});
