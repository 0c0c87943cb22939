import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { CACHE_FOLDER, clipFileName, SHIPPED, SHIPPED_FOLDER } from './clip-files.js';
import { readCounter } from './counter.js';
import { ensureClip, pictureCount } from './encode-clip.js';
import { Scene } from './scene.js';
import { run } from './support/stand-in.js';

const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0;
const withFfmpeg = HAS_FFMPEG ? test.concurrent : test.concurrent.skip;

/** The counter in every picture of a stream, read from what ffmpeg decodes of it at a small size. */
function decodedCounters(stream: Buffer): (number | null)[] {
  const width = 320;
  const height = 180;
  const argv = [
    '-v',
    'error',
    '-f',
    'h264',
    '-i',
    'pipe:0',
    '-vf',
    `scale=${width}:${height}`,
    '-vsync',
    '0',
  ];
  const { stdout, stderr } = spawnSync('ffmpeg', [...argv, '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'], {
    input: stream,
    maxBuffer: 2 ** 30,
  });
  expect(stderr.toString()).toBe('');
  const size = width * height * 4;
  return Array.from({ length: stdout.length / size }, (_, index) =>
    readCounter(stdout.subarray(index * size, (index + 1) * size), width, height),
  );
}

/** Grey pixels from the luma plane. */
function asRgba(planes: Buffer, pixels: number): Uint8Array {
  return Uint8Array.from({ length: pixels * 4 }, (_, at) => planes[at >> 2] ?? 0);
}

describe('the counter', () => {
  test.each([
    [320, 180],
    [640, 480],
  ])('can be read from a picture of %d × %d', (width, height) => {
    const scene = new Scene(width, height, 120);
    for (const index of [0, 1, 42, 119, 65535]) {
      expect(readCounter(asRgba(scene.picture(index), width * height), width, height)).toBe(index);
    }
  });

  test('is not read from a picture without one', () => {
    expect(readCounter(new Uint8Array(320 * 180 * 4), 320, 180)).toBeNull();
    const planes = new Scene(320, 180, 120).picture(42);
    // One bit turned over.
    planes.fill(235, 320 * 3, 320 * 9);
    expect(readCounter(asRgba(planes, 320 * 180), 320, 180)).toBeNull();
  });

  test('can be read in another world from its source alone', () => {
    const planes = new Scene(320, 180, 120).picture(99);
    const copy = runInNewContext(`(${readCounter.toString()})`) as typeof readCounter;
    expect(copy(asRgba(planes, 320 * 180), 320, 180)).toBe(99);
  });

  withFfmpeg.each([
    ['vc4', {}, []],
    ['pisp', { PLATFORM: 'pisp' }, ['--low-latency', '--libav-format', 'h264']],
    ['pisp with B pictures', { PLATFORM: 'pisp' }, ['--libav-format', 'h264']],
  ] as const)(
    'counts every picture of %s, across the seam of the loop',
    async (_, env, argv) => {
      // An odd number, so that no B picture at the end is cut off.
      const stream = ['-n', '--width', '1280', '--height', '720', '--framerate', '120', '--frames', '131'];
      const { stdout } = await run([...stream, '--inline', ...argv, '-o', '-'], env);
      const counters = decodedCounters(stdout);
      const length = argv.length === 2 ? 60 : 120;
      expect(counters).toEqual(Array.from({ length: 131 }, (__, index) => index % length));
    },
    60_000,
  );
});

describe('clips', () => {
  test('that ship are small', () => {
    const sizes = Object.values(SHIPPED).map(({ file }) => statSync(join(SHIPPED_FOLDER, file)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(1_500_000);
  });

  test.each([
    [30, 30, 120],
    [30, 60, 120],
    [25, 50, 100],
    [15, 60, 120],
    [30, 300, 600],
  ])('of %d fps and a GOP of %d have %d pictures, an even number of GOPs', (framerate, gop, count) => {
    expect(pictureCount({ framerate, gop })).toBe(count);
  });

  test('that fit nothing are replaced, and the log tells the real size', async () => {
    const { stderr } = await run(['-n', '--width', '1922', '--height', '1082', '--frames', '1', '-o', '-']);
    expect(stderr).toContain('Mode selection for 1922:1082:12:P\n');
    expect(stderr).toContain('configuring streams: (0) 1280x720-YUV420/Rec709');
  });

  withFfmpeg(
    'are encoded once and then played',
    async () => {
      const clip = { width: 160, height: 90, framerate: 10, gop: 10, slices: 1, bitrate: 200_000 };
      const file = await ensureClip({ ...clip, profile: 'main' });
      expect(file).toBe(join(CACHE_FOLDER, clipFileName({ ...clip, profile: 'main' })));
      expect(existsSync(file)).toBe(true);
      const size = ['--width', '160', '--height', '90', '--framerate', '10', '--intra', '10'];
      const argv = ['-n', ...size, '-b', '200000', '--profile', 'main', '--frames', '5', '-o', '-'];
      const { stderr, stdout } = await run(argv);
      expect(stderr).toContain('(0) 160x90-YUV420/SMPTE170M');
      expect(stdout.length).toBeGreaterThan(0);
    },
    60_000,
  );
});
