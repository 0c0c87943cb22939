import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { garbage } from './garbage.js';
import { NalType, splitAccessUnits, splitNals } from './h264.js';
import { readFlv, unitTypes } from './support/read-flv.js';
import { run, temporaryFolder } from './support/stand-in.js';
import type { Outcome } from './support/stand-in.js';

const VIDEO = ['-n', '--width', '1280', '--height', '720', '--framerate', '30', '--flush', '-o', '-'];
const FLV = ['--low-latency', '--libav-format', 'flv'];

/** In bytes, up to 1280 × 720. */
const BUFFER = 512 * 1024;

interface Vc4Outcome extends Outcome {
  /** The lines of the timestamp file behind its title, in ms. */
  readonly times: readonly string[];
}

async function runVc4(frames: number, env: Record<string, string> = {}): Promise<Vc4Outcome> {
  const pts = join(temporaryFolder(), 'pts');
  const outcome = await run([...VIDEO, '--frames', String(frames), '--inline', '--save-pts', pts], env);
  return { ...outcome, times: readFileSync(pts, 'utf8').trimEnd().split('\n').slice(1) };
}

function runFlv(frames: number, env: Record<string, string> = {}): Promise<Outcome> {
  return run([...VIDEO, '--frames', String(frames), ...FLV], { PLATFORM: 'pisp', ...env });
}

/** The times of the pictures of an FLV stream: between the sequence header and the end of the sequence. */
function flvTimes(stdout: Buffer): number[] {
  return readFlv(stdout)
    .filter(({ type, data }) => type === 9 && data[1] === 1)
    .map(({ time }) => time);
}

function steps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe('garbage', () => {
  test('is the same every time, and never the same twice', () => {
    expect(garbage(3)).toEqual(garbage(3));
    expect(garbage(3)).not.toEqual(garbage(4));
    expect(new Set(garbage(0)).size).toBe(256);
  });

  test.concurrent('in place of one picture (vc4), once', async () => {
    const once = { GARBAGE_AT: '3', FAULT_ONCE: join(temporaryFolder(), 'once') };
    const broken = await runVc4(6, once);
    const healthy = await runVc4(6, once);
    const lengths = splitAccessUnits(healthy.stdout).map(({ nals }) =>
      nals.reduce((sum, { startCode, bytes }) => sum + startCode + bytes.length, 0),
    );
    const start = lengths.slice(0, 3).reduce((sum, length) => sum + length);
    const before = healthy.stdout.subarray(0, start);
    const after = healthy.stdout.subarray(start + (lengths[3] ?? 0));
    expect(broken.stdout.equals(Buffer.concat([before, garbage(3), after]))).toBe(true);
    expect(broken.times).toHaveLength(6);
  });

  test.concurrent('in place of one picture (pisp)', async () => {
    const { stdout } = await runFlv(6, { GARBAGE_AT: '3' });
    const at = stdout.indexOf(garbage(3));
    expect(at).toBeGreaterThan(0);
    expect(flvTimes(stdout.subarray(0, at))).toHaveLength(3);
    const header = stdout.subarray(0, 13);
    expect(flvTimes(Buffer.concat([header, stdout.subarray(at + 20_000)]))).toHaveLength(2);
  });

  test.concurrent('from a picture on', async () => {
    const [vc4, pisp] = await Promise.all([
      runVc4(5, { GARBAGE_FROM: '2' }),
      runFlv(5, { GARBAGE_FROM: '2' }),
    ]);
    const all = Buffer.concat([garbage(2), garbage(3), garbage(4)]);
    expect(vc4.stdout.subarray(-60_000).equals(all)).toBe(true);
    expect(vc4.times).toHaveLength(5);
    // Behind it is what closes an FLV stream: a tag of 11 + 5 + 4 bytes.
    expect(pisp.stdout.subarray(-60_020, -20).equals(all)).toBe(true);
  });
});

describe('the clock of the camera', () => {
  test.concurrent('may start anywhere', async () => {
    const start = 2 ** 31 - 50;
    const [vc4, pisp] = await Promise.all([
      runVc4(4, { CLOCK_START_MS: '5000' }),
      runFlv(4, { CLOCK_START_MS: String(start) }),
    ]);
    expect(vc4.times[0]).toBe('5000.000');
    expect(Math.min(...steps(vc4.times.map(Number)))).toBeGreaterThan(30);
    const [first, second, third] = flvTimes(pisp.stdout);
    expect([first, second]).toEqual([start, start + 33]);
    // The last bit that fits is past: it starts again at 0.
    expect(third).toBeLessThan(1000);
  });

  test.concurrent.each([
    [3_600_000, '3600066.666'],
    [-100, '-33.-334'],
    [-3_600_000, '-3599933.-334'],
  ])('may jump by %d ms (vc4)', async (by, line) => {
    const { code, times } = await runVc4(4, { CLOCK_JUMP_AT: '2', CLOCK_JUMP_MS: String(by) });
    expect(code).toBe(0);
    expect(times).toHaveLength(4);
    expect(times[0]).toBe('0.000');
    expect(times[2]).toBe(line);
  });

  test.concurrent('may jump forwards, once (pisp)', async () => {
    const once = { CLOCK_JUMP_AT: '2', CLOCK_JUMP_MS: '60000', FAULT_ONCE: join(temporaryFolder(), 'once') };
    const broken = await runFlv(4, once);
    const healthy = await runFlv(4, once);
    expect(steps(flvTimes(broken.stdout))[1]).toBeGreaterThan(60_000);
    expect(Math.max(...steps(flvTimes(healthy.stdout)))).toBeLessThan(1000);
  });

  test.concurrent('may not jump back in front of the FLV muxer (pisp)', async () => {
    const jump = { CLOCK_JUMP_AT: '2', CLOCK_JUMP_MS: '-60000' };
    const [flv, h264] = await Promise.all([
      runFlv(4, jump),
      run([...VIDEO, '--frames', '4', '--low-latency', '--libav-format', 'h264'], {
        PLATFORM: 'pisp',
        ...jump,
      }),
    ]);
    expect(flv.signal).toBe('SIGABRT');
    expect(flvTimes(flv.stdout)).toHaveLength(2);
    expect(flv.stderr).toMatch(
      /\nterminate called after throwing an instance of 'std::runtime_error'\n {2}what\(\): {2}libav: error writing output: Invalid argument\n$/,
    );
    expect(h264.code).toBe(0);
    expect(splitAccessUnits(h264.stdout)).toHaveLength(4);
  });
});

describe('key frames that are too big for the encoder', () => {
  test.concurrent('come in several buffers with the same time (vc4)', async () => {
    const { stdout, times } = await runVc4(3, { BIG_KEY_FRAMES: '1' });
    const units = splitAccessUnits(stdout);
    expect(units).toHaveLength(3);
    expect(units.map(({ nals }) => nals.map(({ type }) => type))).toEqual([[7, 8, 5, 12], [1], [1]]);
    const filler = units[0]?.nals.at(-1)?.bytes ?? Buffer.alloc(0);
    expect(filler[0]).toBe(NalType.filler);
    expect(filler.at(-1)).toBe(0x80);
    expect(filler.subarray(1, -1).every((byte) => byte === 0xff)).toBe(true);
    expect(times.slice(0, 3)).toEqual(['0.000', '0.000', '0.000']);
    expect(times).toHaveLength(5);
    const rest = units.slice(1).flatMap(({ nals }) => nals);
    const first = stdout.length - rest.reduce((sum, { bytes }) => sum + 4 + bytes.length, 0);
    expect(first).toBeGreaterThan(2.5 * BUFFER);
    expect(first).toBeLessThan(2.6 * BUFFER);
  });

  test.concurrent('come in one piece (pisp)', async () => {
    const env = { PLATFORM: 'pisp', BIG_KEY_FRAMES: '1' };
    const [flv, h264] = await Promise.all([
      runFlv(3, env),
      run([...VIDEO, '--frames', '2', '--low-latency', '--libav-format', 'h264'], env),
    ]);
    const pictures = readFlv(flv.stdout).filter(({ type, data }) => type === 9 && data[1] === 1);
    expect(pictures).toHaveLength(3);
    const [first, second] = pictures.map(({ data }) => data);
    expect(first?.length).toBeGreaterThan(2.5 * BUFFER);
    expect(unitTypes(first ?? Buffer.alloc(0)).at(-1)).toBe(NalType.filler);
    expect(second?.length).toBeLessThan(BUFFER);
    expect(splitNals(h264.stdout).filter(({ type }) => type === NalType.filler)).toHaveLength(1);
  });
});
