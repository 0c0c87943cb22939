import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Picture } from '../../src/video/access-unit.js';
import { AnnexBReader } from '../../src/video/annexb-reader.js';
import { PtsLineReader } from '../../src/video/pts-lines.js';
import { recording } from '../support/fixtures.js';
import { fingerprint, slicesOf, splitAccessUnits, splitNals } from '../support/plain-h264.js';

const bufferBytes = 512 * 1024;
const vc4 = recording('vc4-720p30-intra30.h264');
const ptsFile = recording('vc4-720p30-intra30.pts');
const expected = splitAccessUnits(vc4).map(slicesOf);

/** Slices of each picture, to be compared with the plain reading. */
const slices = (pictures: readonly Picture[]): string[][] =>
  pictures.map((picture) => slicesOf(splitNals(picture.data)));

/** The recording's access units as the program wrote them: one buffer each, the bytes adding up to the file. */
function writtenBuffers(): Buffer[] {
  const starts = [0];
  for (let at = vc4.indexOf('00000001', 4, 'hex'); at >= 0; at = vc4.indexOf('00000001', at + 4, 'hex')) {
    const type = vc4.readUInt8(at + 4) & 31;
    const previous = starts.at(-1) ?? 0;
    const previousHasSlice = splitNals(vc4.subarray(previous, at)).some(
      (nal) => nal.type === 1 || nal.type === 5,
    );
    if (previousHasSlice && (type === 7 || type === 1)) starts.push(at);
  }
  return starts.map((start, i) => vc4.subarray(start, starts[i + 1] ?? vc4.length));
}

const dataOf = (pictures: readonly Picture[]): string[] =>
  pictures.map((picture) => fingerprint(picture.data));

const buffers = writtenBuffers();
const lines = new PtsLineReader().push(ptsFile);

test('the fixture holds 119 pictures and their lines', () => {
  expect(expected).toHaveLength(119);
  expect(buffers).toHaveLength(119);
  expect(lines).toHaveLength(119);
  expect(lines.slice(0, 3)).toEqual([0, 33_333, 66_666]);
});

describe('with a line after each picture', () => {
  test('every picture is handed out when its line has settled', () => {
    const reader = new AnnexBReader({ lines: true, encoderBufferBytes: bufferBytes });
    buffers.forEach((bytes, i) => {
      const now = 1000 * i;
      expect(reader.push(bytes, now)).toEqual({ pictures: [] });
      expect(reader.pushLines([lines[i]])).toEqual({ pictures: [] });
      const [picture, ...more] = reader.settle().pictures;
      expect(more).toEqual([]);
      expect(picture?.data.equals(bytes)).toBe(true);
      expect(picture).toMatchObject({ cameraUs: lines[i], arrivedAtUs: now });
    });
  });

  test('one byte at a time changes nothing', () => {
    const reader = new AnnexBReader({ lines: true, encoderBufferBytes: bufferBytes });
    const pictures: Picture[] = [];
    let at = 0;
    buffers.forEach((bytes, i) => {
      const end = at + bytes.length;
      for (; at < end; at += 1) pictures.push(...reader.push(vc4.subarray(at, at + 1), 0).pictures);
      pictures.push(...reader.pushLines([lines[i]]).pictures, ...reader.settle().pictures);
    });
    expect(slices(pictures)).toEqual(expected);
    expect(pictures.map((picture) => picture.cameraUs)).toEqual(lines);
  });

  test('a split at every byte around every picture boundary changes nothing', () => {
    let end = 0;
    for (const bytes of buffers.slice(0, 40)) {
      end += bytes.length;
      for (let split = end - 5; split <= Math.min(end + 12, vc4.length - 1); split += 1) {
        const reader = new AnnexBReader({ lines: false, encoderBufferBytes: bufferBytes });
        const part = vc4.subarray(0, Math.min(vc4.length, end + 20_000));
        const pictures = [
          ...reader.push(part.subarray(0, split), 0).pictures,
          ...reader.push(part.subarray(split), 0).pictures,
        ];
        expect(slices(pictures)).toEqual(expected.slice(0, pictures.length));
        expect(pictures.length).toBeGreaterThan(0);
      }
    }
  });

  test('random chunks with lines late by several pictures, merged: 119 pictures, each with its own line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 30 }),
        (sizes, lags) => {
          const reader = new AnnexBReader({ lines: true, encoderBufferBytes: bufferBytes });
          const pictures: Picture[] = [];
          let written = 0;
          let read = 0;
          let linesRead = 0;
          buffers.forEach((bytes, i) => {
            written += bytes.length;
            for (let k = 0; ; k += 1) {
              const size = sizes[(i + k) % sizes.length] ?? 1;
              if (read + size > written) break;
              pictures.push(...reader.push(vc4.subarray(read, read + size), i).pictures);
              read += size;
            }
            const due = Math.max(linesRead, i + 1 - (lags[i % lags.length] ?? 0));
            pictures.push(...reader.pushLines(lines.slice(linesRead, due)).pictures);
            linesRead = due;
          });
          pictures.push(...reader.push(vc4.subarray(read), 0).pictures);
          pictures.push(...reader.pushLines(lines.slice(linesRead)).pictures, ...reader.settle().pictures);
          expect(slices(pictures)).toEqual(expected);
          expect(pictures.map((picture) => picture.cameraUs)).toEqual(lines);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('every interleaving of four pictures in two chunks each with their four lines, settled wherever possible', () => {
    const count = 4;
    const halves = buffers.slice(0, count).flatMap((bytes) => {
      const middle = Math.floor(bytes.length / 2);
      return [bytes.subarray(0, middle), bytes.subarray(middle)];
    });
    let paths = 0;
    const walk = (path: ('bytes' | 'line')[], chunks: number, linesRead: number): void => {
      if (chunks === halves.length && linesRead === count) {
        paths += 1;
        for (const settling of [true, false]) expectComplete(path, settling);
        return;
      }
      if (chunks < halves.length) walk([...path, 'bytes'], chunks + 1, linesRead);
      if (linesRead < count) walk([...path, 'line'], chunks, linesRead + 1);
    };
    const expectComplete = (path: readonly ('bytes' | 'line')[], settling: boolean): void => {
      const reader = new AnnexBReader({ lines: true, encoderBufferBytes: bufferBytes });
      const pictures: Picture[] = [];
      let chunks = 0;
      let linesRead = 0;
      for (const step of path) {
        if (step === 'bytes') pictures.push(...reader.push(halves[chunks++] ?? Buffer.alloc(0), 0).pictures);
        else pictures.push(...reader.pushLines([lines[linesRead++]]).pictures);
        // At rest everything written has been read: the line of a complete picture too, or it is about to be written.
        const complete = Math.floor(chunks / 2);
        const atRest = linesRead === complete || (chunks % 2 === 0 && linesRead === complete - 1);
        if (settling && atRest) pictures.push(...reader.settle().pictures);
      }
      pictures.push(...reader.settle().pictures);
      expect(slices(pictures)).toEqual(expected.slice(0, count));
      expect(pictures.map((picture) => picture.cameraUs)).toEqual(lines.slice(0, count));
    };
    walk([], 0, 0);
    expect(paths).toBe(495);
  });
});

describe('pictures larger than the encoder buffer', () => {
  const big = Buffer.concat([buffers[0] ?? Buffer.alloc(0), Buffer.alloc(90_000, 0x55)]);
  const small = buffers[1] ?? Buffer.alloc(0);

  test('a line for each part, and still one picture', () => {
    const reader = new AnnexBReader({ lines: true, encoderBufferBytes: 65_536 });
    const pictures: Picture[] = [];
    const parts = [big.subarray(0, 65_536), big.subarray(65_536, 131_072), big.subarray(131_072)];
    for (const part of parts) {
      pictures.push(...reader.push(part, 0).pictures, ...reader.pushLines([5000]).pictures);
      pictures.push(...reader.settle().pictures);
    }
    pictures.push(...reader.push(small, 0).pictures, ...reader.pushLines([38_000]).pictures);
    pictures.push(...reader.settle().pictures);
    expect(dataOf(pictures)).toEqual([big, small].map(fingerprint));
    expect(pictures.map((picture) => picture.cameraUs)).toEqual([5000, 38_000]);
  });

  test('surplus lines do not shift the lines of later pictures', () => {
    const reader = new AnnexBReader({ lines: true, encoderBufferBytes: bufferBytes });
    const pictures = [
      ...reader.push(big, 0).pictures,
      ...reader.pushLines([5000, 5000, 5000]).pictures,
      ...reader.settle().pictures,
      ...reader.push(small, 0).pictures,
      ...reader.pushLines([38_000]).pictures,
      ...reader.settle().pictures,
    ];
    expect(pictures.map((picture) => picture.cameraUs)).toEqual([5000, 38_000]);
  });
});

describe('when something is wrong', () => {
  test('without lines a picture is handed out when the next begins, and counted', () => {
    const reader = new AnnexBReader({ lines: true, encoderBufferBytes: bufferBytes });
    const pictures = buffers.slice(0, 5).flatMap((bytes) => {
      return [...reader.push(bytes, 0).pictures, ...reader.settle().pictures];
    });
    expect(dataOf(pictures)).toEqual(buffers.slice(0, 4).map(fingerprint));
    expect(reader.missingLines).toBe(4);
  });

  test('a picture closed too early is reported as lost, and the stream goes on', () => {
    const reader = new AnnexBReader({ lines: false, encoderBufferBytes: bufferBytes });
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), third = Buffer.alloc(0)] = buffers;
    reader.push(first.subarray(0, 10_000), 0);
    expect(reader.closeOpen().pictures).toHaveLength(1);
    const rest = reader.push(Buffer.concat([first.subarray(10_000), second, third]), 0);
    expect(rest.lost).toBe('A picture was taken for complete too early.');
    expect(dataOf(rest.pictures)).toEqual([fingerprint(second)]);
  });

  test('zeros at the end of a chunk belong to the next start code', () => {
    const reader = new AnnexBReader({ lines: false, encoderBufferBytes: bufferBytes });
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = buffers;
    reader.push(Buffer.concat([first, second.subarray(0, 2)]), 0);
    expect(dataOf(reader.closeOpen().pictures)).toEqual([fingerprint(first)]);
    expect(reader.push(second.subarray(2), 0)).toEqual({ pictures: [] });
    expect(dataOf(reader.closeOpen().pictures)).toEqual([fingerprint(second)]);
  });

  test('a stream without start codes is dropped at a bound', () => {
    const reader = new AnnexBReader({ lines: false, encoderBufferBytes: bufferBytes });
    let lost = 0;
    for (let i = 0; i < 40; i += 1) if (reader.push(Buffer.alloc(1024 * 1024, 0xff), 0).lost) lost += 1;
    expect(lost).toBeGreaterThanOrEqual(4);
  });

  test('arbitrary bytes and lines never throw', () => {
    const step = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(
        Uint8Array.from([0, 0, 1, 0x65, 0x88]),
        Uint8Array.from([0, 0, 0, 1, 0x41, 0x9a, 1, 0, 0]),
      ),
      fc.array(fc.option(fc.integer()), { maxLength: 3 }),
      fc.constantFrom('settle' as const, 'close' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, withLines) => {
        const reader = new AnnexBReader({ lines: withLines, encoderBufferBytes: bufferBytes });
        for (const one of steps) {
          if (one === 'settle') reader.settle();
          else if (one === 'close') reader.closeOpen();
          else if (one instanceof Uint8Array) reader.push(Buffer.from(one), 0);
          else reader.pushLines(one.map((line) => line ?? undefined));
        }
      }),
    );
  });
});

describe('other recordings', () => {
  test.each([
    ['pisp-720p30-low-latency.h264', 2],
    ['pisp-720p30-default-bframes.h264', 1],
  ])('%s: 149 pictures of %i slices at every chunk size', (name, slicesPerPicture) => {
    const file = recording(name);
    const plain = splitAccessUnits(file).map(slicesOf);
    expect(plain).toHaveLength(149);
    for (const size of [1, 7, 4096, 32_768, 65_536, file.length]) {
      const reader = new AnnexBReader({ lines: false, encoderBufferBytes: bufferBytes });
      const pictures: Picture[] = [];
      for (let at = 0; at < file.length; at += size)
        pictures.push(...reader.push(file.subarray(at, at + size), 0).pictures);
      pictures.push(...reader.closeOpen().pictures);
      expect(slices(pictures)).toEqual(plain);
      expect(pictures.every((picture) => slicesOf(splitNals(picture.data)).length === slicesPerPicture)).toBe(
        true,
      );
    }
  });
});
