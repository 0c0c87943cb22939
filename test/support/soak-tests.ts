import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';
import type { SoakResult } from './fault-soak.js';

async function soak(platform: string, faults: number, seed: number): Promise<SoakResult> {
  const program = join(projectRoot, 'dist/test/support/fault-soak.js');
  const child = spawn(process.execPath, ['--expose-gc', program, platform, String(faults), String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await text(child.stdout)) as SoakResult;
}

/** Least squares. @returns growth per sample */
function slope(values: readonly number[]): number {
  const n = values.length;
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const products = values.map((value, i) => (i - middle) * (value - mean));
  const squares = values.map((_, i) => (i - middle) ** 2);
  return products.reduce((a, b) => a + b, 0) / squares.reduce((a, b) => a + b, 0);
}

/** Tests that a camera survives so many random faults on each platform, and leaves nothing behind. */
export function testSoak(faults: number, timeoutMs: number): void {
  describe.each([
    ['vc4', 4711],
    ['pisp', 42],
  ])('%s, seed %i', (platform, seed) => {
    test(
      `after ${faults} random faults pictures decode, nothing is left behind, and memory is flat`,
      async () => {
        const result = await soak(platform, faults, seed);
        const { before, after, heapMiB } = result;
        expect(Object.values(result.faults).reduce((a, b) => a + b)).toBe(faults);
        expect(result.starts).toBeGreaterThan(faults / 2);
        expect({ decoded: result.decoded, complaints: result.complaints, disorder: result.disorder }).toEqual(
          {
            decoded: 30,
            complaints: '',
            disorder: 0,
          },
        );
        expect(after).toEqual(before);
        expect(heapMiB.length).toBeGreaterThanOrEqual(5);
        // Over the whole run, in MiB; the GOP cache alone varies by a megabyte.
        expect(slope(heapMiB) * heapMiB.length).toBeLessThan(3);
      },
      timeoutMs,
    );
  });
}
