import { describe, expect, test } from '@jest/globals';
import { Mp4Timeline } from '../../src/mp4/mp4-timeline.js';

const day = 86_400_000_000;
const start = 123_456_789;

describe('the decode time of a picture', () => {
  test.each([
    ['the first one', 0, 0],
    ['a second later', 1_000_000, 90_000],
    ['at 30 pictures per second', 33_333, 3000],
    ['rounded up', 6, 1],
    ['rounded down', 5, 0],
    ['from before the first one', -20_000, 0],
    ['after a day', day, 7_776_000_000],
    ['after 40 days', 40 * day, 311_040_000_000],
    ['a picture after 40 days', 40 * day + 33_333, 311_040_003_000],
    ['a millisecond after 40 days', 40 * day + 1000, 311_040_000_090],
  ])('%s', (_, us, ticks) => {
    expect(new Mp4Timeline(start).decodeTime(start + us)).toBe(ticks);
  });

  test.each([
    ['30 per second', 33_333.333],
    ['29.97 per second', 33_366.7],
    ['7 per second', 142_857.143],
  ])('is right to half a tick, and grows, in 40 days of jitter at %s', (_, stepUs) => {
    const timeline = new Mp4Timeline(start);
    const pictures = Math.floor((40 * day) / stepUs);
    // Every picture of some minutes at both ends.
    const indices = Array.from({ length: 20_000 }, (_, i) => i).flatMap((i) => [i, pictures - 20_000 + i]);
    let lastTicks = -1;
    const wrong = indices
      .sort((a, b) => a - b)
      .filter((index) => {
        const us = Math.round(index * stepUs) + ((index * 7919) % 9001);
        const ticks = timeline.decodeTime(start + us);
        // In whole numbers: 100 times the ticks are 9 times the µs.
        const error = BigInt(ticks) * 100n - BigInt(us) * 9n;
        const grows = ticks > lastTicks;
        lastTicks = ticks;
        return error > 50n || error < -50n || !grows;
      });
    expect(wrong).toEqual([]);
  });
});

describe('the durations of consecutive pictures', () => {
  const unit = (timestampUs: number, durationUs: number): { timestampUs: number; durationUs: number } => ({
    timestampUs: start + timestampUs,
    durationUs,
  });

  test.each([
    ['none', [], []],
    ['one lasts as long as the one before it', [unit(0, 40_000)], [3600]],
    [
      'each lasts up to the next, the newest as long as the one before it',
      [unit(0, 1), unit(10_000, 10_000), unit(70_000, 60_000)],
      [900, 5400, 5400],
    ],
    [
      'of a rate that is no whole number of ticks',
      [0, 1, 2, 3].map((i) => unit(i * 10_005, 10_005)),
      [900, 901, 900, 900],
    ],
    ['times that stand still', [unit(0, 0), unit(0, 0)], [1, 1]],
    [
      'a day of pause is as long as 32 bits can say',
      [unit(0, 1), unit(day, day)],
      [4_294_967_295, 4_294_967_295],
    ],
  ])('%s', (_, units, ticks) => {
    expect(new Mp4Timeline(start).durations(units)).toEqual(ticks);
  });
});
