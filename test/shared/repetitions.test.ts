import { expect, test } from '@jest/globals';
import { Repetitions } from '../../src/shared/repetitions.js';
import { FakeClock } from '../support/fake-clock.js';

const minuteMs = 60_000;

test('a line is news once in ten minutes, another line and another thing always', async () => {
  const clock = new FakeClock();
  const repetitions = new Repetitions(clock);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
  expect(repetitions.isNew('yard', 'it broke')).toBe(true);
  await clock.advance(9 * minuteMs);
  expect(repetitions.isNew('door', 'it broke')).toBe(false);
  expect(repetitions.isNew('door', 'it broke in another way')).toBe(true);
  expect(repetitions.isNew('door', 'it broke')).toBe(false);
  await clock.advance(minuteMs);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
});

test('numbers make no news', () => {
  const repetitions = new Repetitions(new FakeClock());
  expect(repetitions.isNew('door', 'process 12 took it at 3:15')).toBe(true);
  expect(repetitions.isNew('door', 'process 7 took it at 14:02')).toBe(false);
});

test('what goes on for a week every minute is said a dozen times, and again when it comes back after a day', async () => {
  const clock = new FakeClock();
  const repetitions = new Repetitions(clock);
  let said = 0;
  for (let minute = 0; minute < 7 * 24 * 60; minute += 1) {
    said += repetitions.isNew('door', minute % 2 === 0 ? 'it broke' : 'it stuck') ? 1 : 0;
    await clock.advance(minuteMs);
  }
  expect(said).toBeGreaterThan(4);
  expect(said).toBeLessThanOrEqual(28);
  await clock.advance(24 * 60 * minuteMs);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
  await clock.advance(10 * minuteMs);
  expect(repetitions.isNew('door', 'it broke')).toBe(true);
});

test('a thing that always says something else is remembered for its newest lines only', () => {
  const repetitions = new Repetitions(new FakeClock());
  const words = (i: number): string => `it said ${'x'.repeat(i)}`;
  for (let i = 0; i < 1000; i += 1) repetitions.isNew('door', words(i));
  expect(repetitions.isNew('door', words(999))).toBe(false);
  expect(repetitions.isNew('door', words(900))).toBe(true);
});

test('what is forgotten is news again', () => {
  const repetitions = new Repetitions(new FakeClock());
  repetitions.isNew('port', 'it is taken');
  repetitions.forget('port');
  expect(repetitions.isNew('port', 'it is taken')).toBe(true);
});
