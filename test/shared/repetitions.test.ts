import { expect, test } from '@jest/globals';
import { Repetitions } from '../../src/shared/repetitions.js';
import { FakeClock } from '../support/fake-clock.js';

test('a line is news once in ten minutes, another line always', async () => {
  const clock = new FakeClock();
  const repetitions = new Repetitions(clock);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
  expect(repetitions.isNew('yard', 'it broke')).toBe(true);
  await clock.advance(9 * 60_000);
  expect(repetitions.isNew('door', 'it broke')).toBe(false);
  await clock.advance(60_000);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
  expect(repetitions.isNew('door', 'it broke in another way')).toBe(true);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
});

test('what is forgotten is news again', () => {
  const repetitions = new Repetitions(new FakeClock());
  repetitions.isNew('port', 'it is taken');
  repetitions.forget('port');
  expect(repetitions.isNew('port', 'it is taken')).toBe(true);
});
