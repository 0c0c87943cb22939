import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readClip } from './clip.js';
import { SHIPPED, SHIPPED_FOLDER } from './clip-files.js';
import { monotonic } from './clock.js';
import type { Encoder } from './encoder.js';
import { readFaults } from './faults.js';
import type { Sink } from './fd-writer.js';
import { LibavEncoder } from './libav-encoder.js';
import { AnnexBMuxer } from './muxer.js';
import { run, temporaryFolder } from './support/stand-in.js';
import { Variables } from './variables.js';
import { Vc4Encoder } from './vc4-encoder.js';
import { WriteFaults } from './write-faults.js';

/** In ms. */
const PAUSE = 100;

/** Notes the size of every write, and of what came before a pause. */
class Notes implements Sink {
  public readonly pieces: number[][] = [[]];
  public lastWrite = monotonic();
  public readonly idle = Promise.resolve();

  public write(bytes: Uint8Array): Promise<void> {
    const before = this.lastWrite;
    this.lastWrite = monotonic();
    // A timer may be a little early.
    if (this.lastWrite - before > (PAUSE - 5) * 1000) {
      this.pieces.push([]);
    }
    this.pieces.at(-1)?.push(bytes.length);
    return Promise.resolve();
  }
}

function pausesAt(at: number, every?: number): WriteFaults {
  const env = {
    CAMERA_STAND_IN_PAUSE_AT: String(at),
    CAMERA_STAND_IN_PAUSE_MS: String(PAUSE),
    ...(every === undefined ? {} : { CAMERA_STAND_IN_PAUSE_EVERY: String(every) }),
  };
  return new WriteFaults({ faults: readFaults(new Variables(env)), strike: () => undefined });
}

function vc4(notes: Notes, faults: WriteFaults): Encoder {
  const clip = readClip(`${SHIPPED_FOLDER}/${SHIPPED.vc4.file}`, undefined);
  return new Vc4Encoder(notes, clip, {
    inline: true,
    flush: true,
    pts: undefined,
    paused: () => false,
    faults,
  });
}

function pisp(notes: Notes, faults: WriteFaults): Encoder {
  const clip = readClip(`${SHIPPED_FOLDER}/${SHIPPED.lowLatency.file}`, undefined);
  return new LibavEncoder(notes, clip, new AnnexBMuxer(clip), 33_333, true, undefined, faults);
}

async function write(encoder: Encoder, first: number, last: number): Promise<void> {
  for (let index = first; index <= last; index++) {
    await encoder.write({ index, captured: 0 }, () => 0);
  }
}

function sum(sizes: readonly number[] | undefined): number {
  return sizes?.reduce((total, size) => total + size, 0) ?? 0;
}

describe('a writer that is kept from running', () => {
  test('stops behind the whole blocks of a picture (vc4)', async () => {
    const notes = new Notes();
    await write(vc4(notes, pausesAt(0)), 0, 0);
    const [before, after] = notes.pieces;
    expect(sum(before)).toBeGreaterThan(32768);
    expect(sum(before) % 4096).toBe(0);
    expect(after).toHaveLength(1);
    expect(after?.[0]).toBeLessThan(4096);
  });

  test('stops in the middle of a picture of one block only (vc4)', async () => {
    const plain = new Notes();
    await write(vc4(plain, pausesAt(1000)), 0, 29);
    const small = plain.pieces
      .flat()
      .slice(2)
      .findIndex((size) => size < 4096);
    expect(small).toBeGreaterThanOrEqual(0);
    const size = plain.pieces.flat()[small + 2] ?? 0;
    const notes = new Notes();
    await write(vc4(notes, pausesAt(small + 1)), 0, small + 1);
    expect(notes.pieces).toHaveLength(2);
    expect(notes.pieces[0]?.at(-1)).toBe(size >> 1);
    expect(notes.pieces[1]).toEqual([size - (size >> 1)]);
  });

  test('stops in the middle of a picture (pisp)', async () => {
    const notes = new Notes();
    await write(pisp(notes, pausesAt(1)), 0, 1);
    const [before, after] = notes.pieces;
    const half = before?.at(-1) ?? 0;
    expect([half, half + 1]).toContain(sum(after));
  });

  test('stops again and again', () => {
    const stops = (faults: WriteFaults): number[] => [0, 1, 2, 3, 4, 5, 6].filter((at) => faults.stopsAt(at));
    expect(stops(pausesAt(2))).toEqual([2]);
    expect(stops(pausesAt(1, 2))).toEqual([1, 3, 5]);
  });

  test.concurrent('changes nothing of what is written in the end', async () => {
    const argv = ['-n', '--frames', '6', '--inline', '--flush', '-o', '-'];
    const marker = join(temporaryFolder(), 'once');
    const [healthy, paused] = await Promise.all([
      run(argv),
      run(argv, { PAUSE_AT: '1', PAUSE_EVERY: '2', PAUSE_MS: '200', FAULT_ONCE: marker }),
    ]);
    expect(paused.code).toBe(0);
    expect(paused.stdout.equals(healthy.stdout)).toBe(true);
    expect(existsSync(marker)).toBe(true);
  });
});
