import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Underruns, control, mayChangeRate } from '../../ui/live/control.js';
import { DurationCarry } from '../../ui/live/durations.js';
import { PictureGate } from '../../ui/live/gate.js';
import { trimEndS } from '../../ui/live/trim.js';
import { Watchdog } from '../../ui/live/watchdog.js';

/** The durations given to pictures at these times, µs. */
function durations(timesUs: readonly number[], firstUs = 33_333): number[] {
  const carry = new DurationCarry();
  return timesUs.map((timestampUs) => carry.next({ timestampUs, durationUs: firstUs }));
}

describe('durations', () => {
  test('of 30 pictures a second are not 33 ms each', () => {
    expect(durations([0, 33_333, 66_667, 100_000, 133_333, 166_667])).toEqual([33, 34, 33, 33, 34, 33]);
  });

  test.each([
    [
      'a hole counts for a second, and is not made up for',
      [0, 33_000, 5_033_000, 5_066_000],
      [33, 33, 1000, 33],
    ],
    ['a clock that stands', [0, 0, 33_000], [33, 1, 33]],
    ['a clock that runs back', [50_000, 10_000, 43_000], [33, 1, 33]],
    ['pictures closer than 1 ms', [0, 400, 800, 1200, 4000], [33, 1, 1, 1, 1]],
  ])('%s', (_what, timesUs, expected) => {
    expect(durations(timesUs)).toEqual(expected);
  });

  test('are whole, within 1 and 1000 ms, and follow true time to a millisecond', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1000, max: 1_000_000 }), { minLength: 1 }), (intervals) => {
        let timeUs = 0;
        const given = durations([0, ...intervals.map((interval) => (timeUs += interval))], 40_000);
        for (const ms of given) expect(Number.isInteger(ms) && ms >= 1 && ms <= 1000).toBe(true);
        const sumMs = given.reduce((sum, ms) => sum + ms, 0);
        expect(Math.abs(sumMs - (40_000 + timeUs) / 1000)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('begin anew with another connection', () => {
    const carry = new DurationCarry();
    carry.next({ timestampUs: 1e9, durationUs: 33_333 });
    carry.reset();
    expect(carry.next({ timestampUs: 0, durationUs: 50_000 })).toBe(50);
  });
});

describe('the gate', () => {
  const key = (sequence: number) => ({ key: true, discontinuity: false, sequence });
  const delta = (sequence: number) => ({ key: false, discontinuity: false, sequence });
  test.each([
    ['waits for a key picture', [delta(0), delta(1), key(2), delta(3)], [false, false, true, true]],
    ['waits for a key picture after a gap', [key(0), delta(2), delta(3), key(4)], [true, false, false, true]],
    ['lets a key picture follow a gap', [key(0), key(9), delta(10)], [true, true, true]],
    [
      'waits after a discontinuity that is no key picture',
      [key(0), { ...delta(1), discontinuity: true }, delta(2), { ...key(3), discontinuity: true }, delta(4)],
      [true, false, false, true, true],
    ],
    ['follows the sequence over its end', [key(0xffff_ffff), delta(0)], [true, true]],
  ])('%s', (_what, pictures, admitted) => {
    const gate = new PictureGate();
    expect(pictures.map((picture) => gate.admits(picture))).toEqual(admitted);
  });

  test('waits for a key picture after a reset', () => {
    const gate = new PictureGate();
    gate.admits(key(0));
    gate.reset();
    expect(gate.admits(delta(1))).toBe(false);
  });
});

describe('the control', () => {
  const calm = { gapS: 0.07, pictureS: 1 / 30, marginS: 0, sinceSeekMs: 10_000, mayChangeRate: true };
  test.each([
    ['rests at the target', {}, 'rate 1.00'],
    ['rests while the picture waits', { gapS: 0 }, 'rate 1.00'],
    ['does not run after half a picture', { gapS: 0.09 }, 'rate 1.00'],
    ['runs gently after a little', { gapS: 0.12 }, 'rate 1.20'],
    ['runs faster after more', { gapS: 0.29 }, 'rate 1.90'],
    ['jumps when it is far', { gapS: 0.31 }, 'seek 0.07'],
    ['runs while the last jump settles, never beyond twice', { gapS: 0.9, sinceSeekMs: 400 }, 'rate 2.00'],
    ['only jumps in WebKit', { gapS: 0.29, mayChangeRate: false }, 'rate 1.00'],
    ['jumps in WebKit', { gapS: 0.31, mayChangeRate: false }, 'seek 0.07'],
    ['keeps the distance underruns ask for', { gapS: 0.24, marginS: 0.18 }, 'rate 1.00'],
    ['jumps no nearer than that', { gapS: 0.5, marginS: 0.18 }, 'seek 0.25'],
    ['grants a camera of 5 pictures a second its swing', { gapS: 0.39, pictureS: 0.2 }, 'rate 1.00'],
    ['jumps for it too', { gapS: 0.75, pictureS: 0.2 }, 'seek 0.30'],
  ])('%s', (_what, situation, action) => {
    const decided = control({ ...calm, ...situation });
    const value = decided.do === 'seek' ? decided.beforeEndS : decided.rate;
    expect(`${decided.do} ${value.toFixed(2)}`).toBe(action);
  });

  test.each([
    [
      'Chromium',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      true,
    ],
    ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', true],
    [
      'Safari',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
      false,
    ],
    [
      'Chrome on an iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1',
      false,
    ],
  ])('may change the rate in %s: %s → %s', (_what, userAgent, may) => {
    expect(mayChangeRate(userAgent)).toBe(may);
  });
});

describe('underruns', () => {
  test('raise the margin by 10 ms each, to a bound, and are forgotten', () => {
    const underruns = new Underruns();
    expect(underruns.marginS(1000)).toBe(0);
    underruns.happened(1000);
    expect(underruns.marginS(1000)).toBeCloseTo(0.01);
    expect(underruns.marginS(11_000)).toBeCloseTo(0.005);
    for (let index = 0; index < 100; index++) underruns.happened(11_000);
    expect(underruns.marginS(11_000)).toBeCloseTo(0.18);
    expect(underruns.marginS(200_000)).toBeCloseTo(0, 3);
  });
});

describe('trimming', () => {
  test.each([
    ['keeps everything at first', [0, 1, 2], 3, undefined],
    ['ends just before a key picture older than 10 s', [0, 1, 2, 3], 12.5, 1.995],
    ['keeps a GOP that is longer than that', [0], 60, undefined],
    ['keeps a GOP that is being shown', [0, 2, 50], 49, 1.995],
  ])('%s', (_what, keysS, playheadS, endS) => {
    expect(trimEndS(keysS, playheadS)).toBe(endS);
  });
});

describe('the watchdog', () => {
  /** What it says at 10 Hz up to `untilMs`, without the nones. The playhead is at 1 s from 100 ms on, and then stands. */
  function remedies(untilMs: number, pictureMs: number, arriving: boolean) {
    const said: [number, string][] = [];
    const dog = new Watchdog(0);
    for (let now = 100; now <= untilMs; now += 100) {
      const remedy = dog.check(now, 1, arriving ? now : 100, pictureMs);
      if (remedy !== 'none') said.push([now, remedy]);
    }
    return said;
  }

  test('climbs its ladder while pictures arrive and the playhead stands', () => {
    expect(remedies(4000, 33, true)).toEqual([
      [1100, 'play'],
      [2100, 'seek'],
      [3100, 'rebuild'],
    ]);
  });

  test('does not take a jump for progress', () => {
    const dog = new Watchdog(0);
    const said: string[] = [];
    for (let now = 100, playhead = 1; now <= 4000; now += 100) {
      const remedy = dog.check(now, playhead, now, 33);
      said.push(remedy);
      if (remedy === 'seek') dog.jumped((playhead = 3));
    }
    expect(said.filter((remedy) => remedy !== 'none')).toEqual(['play', 'seek', 'rebuild']);
  });

  test('is patient with a decoder that has not begun', () => {
    const dog = new Watchdog(0);
    const said: [number, string][] = [];
    for (let now = 100; now <= 9000; now += 100) {
      const remedy = dog.check(now, 0, now, 33);
      if (remedy !== 'none') said.push([now, remedy]);
    }
    expect(said).toEqual([
      [1000, 'play'],
      [2000, 'seek'],
      [8000, 'rebuild'],
    ]);
    expect(dog.progressAtMs).toBeUndefined();
  });

  test('is patient with a camera of one picture a second', () => {
    expect(remedies(4000, 1000, true)).toEqual([[3100, 'play']]);
  });

  test('has nothing to say when no pictures arrive', () => {
    expect(remedies(10_000, 33, false)).toEqual([]);
  });
});
