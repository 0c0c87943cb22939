import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Timeline } from '../../src/video/timeline.js';

const frame = 33_333;

/** Timestamps of pictures given as [camera clock, arrival], relative to the first one. */
function times(pictures: readonly (readonly [camera: number | undefined, arrival: number])[]): number[] {
  const timeline = new Timeline(frame);
  const stamps = pictures.map(([camera, arrival]) => timeline.next(camera, arrival).timestampUs);
  return stamps.map((stamp) => stamp - (pictures[0]?.[1] ?? 0));
}

test.each<[what: string, pictures: [number | undefined, number][], expected: number[]]>([
  [
    'steady',
    [
      [0, 100],
      [frame, 100 + frame],
      [2 * frame, 100 + 2 * frame],
    ],
    [0, frame, 2 * frame],
  ],
  [
    'late arrivals do not show',
    [
      [0, 0],
      [frame, frame + 20_000],
      [2 * frame, 2 * frame + 1000],
    ],
    [0, frame, 2 * frame],
  ],
  [
    'an early arrival pulls the mapping down',
    [
      [0, 10_000],
      [frame, frame],
      [2 * frame, 2 * frame],
    ],
    [0, frame - 10_000, 2 * frame - 10_000],
  ],
  [
    'without a camera clock arrival counts',
    [
      [undefined, 0],
      [undefined, 30_000],
      [undefined, 70_000],
    ],
    [0, 30_000, 70_000],
  ],
  [
    'a pause of the camera is kept',
    [
      [0, 0],
      [5_000_000, 5_000_000],
    ],
    [0, 5_000_000],
  ],
  [
    "a backlog after a stall keeps the camera's distances",
    [
      [0, 0],
      [frame, 2_000_000],
      [2 * frame, 2_000_100],
    ],
    [0, frame, 2 * frame],
  ],
  [
    'the camera clock jumps forward an hour',
    [
      [0, 0],
      [3_600_000_000, frame],
      [3_600_000_000 + frame, 2 * frame],
    ],
    [0, frame, 2 * frame],
  ],
  [
    'the camera clock jumps back',
    [
      [5_000_000, 0],
      [1000, frame],
      [1000 + frame, 2 * frame],
    ],
    [0, frame, 2 * frame],
  ],
  [
    'two pictures at once stay apart',
    [
      [0, 0],
      [0, 0],
    ],
    [0, 1000],
  ],
])('%s', (_, pictures, expected) => {
  expect(times(pictures)).toEqual(expected);
});

test('after a restart the first step is measured by arrival', () => {
  const timeline = new Timeline(frame);
  timeline.next(7_000_000, 0);
  timeline.restart();
  expect(timeline.next(7_000_001, 3_000_000)).toEqual({ timestampUs: 3_000_000, durationUs: 3_000_000 });
});

test('timestamps always grow, and durations add up to them', () => {
  const step = fc.record({
    camera: fc.option(fc.integer({ min: -4_000_000, max: 4_000_000 })),
    arrival: fc.nat(100_000),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 2 }), (steps) => {
      const timeline = new Timeline(frame);
      let [camera, arrival, previous] = [0, 0, timeline.next(0, 0).timestampUs];
      for (const next of steps) {
        arrival += next.arrival;
        if (next.camera !== null) camera += next.camera;
        const { timestampUs, durationUs } = timeline.next(next.camera === null ? undefined : camera, arrival);
        expect(durationUs).toBeGreaterThanOrEqual(1000);
        expect(timestampUs - previous).toBe(durationUs);
        previous = timestampUs;
      }
    }),
  );
});
