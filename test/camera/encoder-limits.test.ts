import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pictureSize } from '../../src/camera/picture-size.js';
import type { CameraPlatform } from '../../src/camera/platform.js';
import { lowestBitrate, vc4Level } from '../../src/camera/vc4-encoder.js';

test.each([
  [64, 64, 1, 600_000],
  [640, 480, 30, 600_000],
  [1280, 720, 15, 600_000],
  [1280, 720, 30, 1_125_000],
  [1920, 1080, 30, 2_500_000],
  [2032, 1142, 120, 11_150_000],
])('%d x %d at %d/s needs %d bit/s', (width, height, framerate, expected) => {
  expect(lowestBitrate(width, height, framerate)).toBe(expected);
});

test.each([
  [1920, 1080, 30, '4'],
  // 8160 macroblocks: 30.117 pictures are the limit.
  [1920, 1080, 30.2, '4.2'],
  [2032, 1524, 20, '4'],
])('%d x %d at %d/s has level %s', (width, height, framerate, expected) => {
  expect(vc4Level(width, height, framerate)).toBe(expected);
});

test.each<[CameraPlatform, number, number, number, number]>([
  ['vc4', 2032, 1524, 2032, 1524],
  ['vc4', 2033, 1525, 2032, 1524],
  ['vc4', 2033, 4000, 2032, 4000],
  ['vc4', 2034, 1526, 2032, 1524],
  ['vc4', 4608, 2592, 2032, 1142],
  ['vc4', 4608, 64, 2032, 28],
  ['pisp', 4608, 2592, 4608, 2592],
  ['pisp', 65, 1, 64, 2],
])('on %s %d x %d becomes %d x %d', (platform, width, height, toWidth, toHeight) => {
  expect(pictureSize({ width, height }, platform)).toEqual({ width: toWidth, height: toHeight });
});

test('any size becomes even, not larger, and on vc4 at most 2032 wide in the same shape', () => {
  const pixels = fc.integer({ min: 64, max: 5000 });
  fc.assert(
    fc.property(pixels, pixels, fc.constantFrom('vc4', 'pisp'), (width, height, platform) => {
      const size = pictureSize({ width, height }, platform);
      expect([size.width % 2, size.height % 2]).toEqual([0, 0]);
      expect(size.width).toBeLessThanOrEqual(platform === 'vc4' ? Math.min(width, 2032) : width);
      expect(Math.abs(size.height - (height * size.width) / width)).toBeLessThan(2 + height / width);
    }),
  );
});
