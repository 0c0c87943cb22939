import { describe, expect, test } from '@jest/globals';
import { readClip } from './clip.js';
import { SHIPPED, SHIPPED_FOLDER } from './clip-files.js';
import { readFaults } from './faults.js';
import type { Sink } from './fd-writer.js';
import { LibavEncoder } from './libav-encoder.js';
import { AnnexBMuxer } from './muxer.js';
import { Stdio } from './stdio.js';
import { Variables } from './variables.js';
import { Vc4Encoder } from './vc4-encoder.js';
import { WriteFaults } from './write-faults.js';

const faults = new WriteFaults({ faults: readFaults(new Variables({})), strike: () => undefined });

/** Notes the size of every write. */
class Notes implements Sink {
  public readonly sizes: number[] = [];
  public readonly lastWrite = 0;
  public readonly idle = Promise.resolve();

  public write(bytes: Uint8Array): Promise<void> {
    this.sizes.push(bytes.length);
    return Promise.resolve();
  }
}

describe('write(2) calls', () => {
  test('of a C stream are those that strace shows for glibc', async () => {
    const notes = new Notes();
    const stream = new Stdio(notes);
    for (const size of [52281, 4961, 100]) {
      await stream.write(Buffer.alloc(size));
      await stream.flush();
    }
    for (const size of [52281, 5000, 9000]) {
      await stream.write(Buffer.alloc(size));
    }
    await stream.flush();
    const flushed = [49152, 3129, 4096, 865, 100];
    expect(notes.sizes).toEqual([...flushed, 4096, 45056, 4096, 4096, 8192, 745]);
  });

  test.each([true, false])('of vc4 are multiples of 4096 and, with --flush (%s), the rest', async (flush) => {
    const notes = new Notes();
    const clip = readClip(`${SHIPPED_FOLDER}/${SHIPPED.vc4.file}`, undefined);
    const options = { inline: true, flush, pts: undefined, paused: () => false, faults };
    const encoder = new Vc4Encoder(notes, clip, options);
    await encoder.write({ index: 0, captured: 0 });
    const whole = notes.sizes[0] ?? 0;
    expect(whole).toBeGreaterThan(32768);
    expect(whole % 4096).toBe(0);
    expect(notes.sizes).toHaveLength(flush ? 2 : 1);
  });

  test('of libav are one per picture, in pieces of 32768', async () => {
    const notes = new Notes();
    const clip = readClip(`${SHIPPED_FOLDER}/${SHIPPED.lowLatency.file}`, undefined);
    const encoder = new LibavEncoder(notes, clip, new AnnexBMuxer(clip), 33_333, true, undefined, faults);
    await encoder.start();
    expect(notes.sizes).toEqual([]);
    await encoder.write({ index: 0, captured: 0 }, () => 0);
    await encoder.write({ index: 1, captured: 33_333 }, () => 33_333);
    expect(notes.sizes).toHaveLength(3);
    expect(notes.sizes[0]).toBe(32768);
  });
});
