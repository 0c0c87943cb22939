import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Picture } from '../../src/video/access-unit.js';
import { FlvReader } from '../../src/video/flv-reader.js';
import { recording } from '../support/fixtures.js';
import { fingerprint, isSlice, splitNals } from '../support/plain-h264.js';

const file = recording('pisp-720p30-low-latency.flv');

interface PlainTag {
  readonly at: number;
  readonly end: number;
  readonly video: boolean;
  readonly ms: number;
  readonly body: Buffer;
}

/** The whole file's tags, read plainly. */
function plainTags(flv: Buffer): PlainTag[] {
  const tags: PlainTag[] = [];
  for (let at = 13; at + 11 <= flv.length;) {
    const end = at + 11 + flv.readUIntBE(at + 1, 3);
    const ms = flv.readUIntBE(at + 4, 3) + flv.readUInt8(at + 7) * 2 ** 24;
    tags.push({ at, end, video: flv.readUInt8(at) === 9, ms, body: flv.subarray(at + 11, end) });
    at = end + 4;
  }
  return tags;
}

const pictureTags = plainTags(file).filter(({ video, body }) => video && body.readUInt8(1) === 1);

/** Fingerprints of the slices inside an AVCC payload. */
function avccSlices(body: Buffer): string[] {
  const slices: string[] = [];
  for (let at = 5; at < body.length; at += 4 + body.readUInt32BE(at)) {
    const bytes = body.subarray(at + 4, at + 4 + body.readUInt32BE(at));
    if (isSlice({ type: bytes.readUInt8(0) & 31, bytes })) slices.push(fingerprint(bytes));
  }
  return slices;
}

const expected = pictureTags.map(({ body }) => avccSlices(body));
const slices = (pictures: readonly Picture[]): string[][] =>
  pictures.map(({ data }) =>
    splitNals(data)
      .filter(isSlice)
      .map(({ bytes }) => fingerprint(bytes)),
  );

function readInChunks(flv: Buffer, sizes: readonly number[]): { pictures: Picture[]; sets: number } {
  const reader = new FlvReader();
  const pictures: Picture[] = [];
  let sets = 0;
  for (let at = 0, i = 0; at < flv.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    // A copy, as from a pipe: the reader may write into what it is given.
    const result = reader.push(Buffer.from(flv.subarray(at, at + size)), i);
    pictures.push(...result.pictures);
    sets += result.parameterSets?.length ?? 0;
    at += size;
  }
  return { pictures, sets };
}

test("119 pictures of two slices, with the tags' timestamps, and the parameter sets once", () => {
  const { pictures, sets } = readInChunks(file, [file.length]);
  expect(expected).toHaveLength(119);
  expect(slices(pictures)).toEqual(expected);
  expect(pictures.map((picture) => picture.cameraUs)).toEqual(pictureTags.map(({ ms }) => ms * 1000));
  expect(sets).toBe(2);
});

test('a picture is handed out with the last byte of its tag', () => {
  const reader = new FlvReader();
  let at = 0;
  for (const { end } of pictureTags) {
    expect(reader.push(Buffer.from(file.subarray(at, end - 1)), 0).pictures).toHaveLength(0);
    expect(reader.push(Buffer.from(file.subarray(end - 1, end)), 7).pictures).toMatchObject([
      { arrivedAtUs: 7 },
    ]);
    at = end;
  }
});

test('chunks of any size change nothing', () => {
  for (const size of [1, 3, 11, 4096, 32_768])
    expect(slices(readInChunks(file, [size]).pictures)).toEqual(expected);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(slices(readInChunks(file, sizes).pictures)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

describe('timestamps', () => {
  test('go on across the wrap of 31 bits', () => {
    const tag = pictureTags[1]?.body ?? Buffer.alloc(0);
    const stamps = [2 ** 31 - 34, 2 ** 31 - 1, 32, 65];
    const stream: Buffer[] = [Buffer.from('FLV\x01\x01\0\0\0\x09', 'latin1')];
    for (const ms of stamps) {
      const header = Buffer.alloc(15);
      header.writeUInt8(9, 4);
      header.writeUIntBE(tag.length, 5, 3);
      header.writeUIntBE(ms % 2 ** 24, 8, 3);
      header.writeUInt8(Math.floor(ms / 2 ** 24), 11);
      stream.push(header, tag);
    }
    const { pictures } = readInChunks(Buffer.concat(stream), [1000]);
    const ms = pictures.map(({ cameraUs = 0 }) => cameraUs / 1000);
    expect(ms).toEqual([2 ** 31 - 34, 2 ** 31 - 1, 2 ** 31 + 32, 2 ** 31 + 65]);
  });
});

describe('when something is wrong', () => {
  test('what is no FLV is reported once and then ignored', () => {
    const reader = new FlvReader();
    expect(reader.push(Buffer.from('no such stream'), 0).lost).toBe('The stream is not FLV.');
    expect(reader.push(Buffer.from(file), 0)).toEqual({ pictures: [] });
    expect(reader.isBroken).toBe(true);
  });

  test('a picture whose lengths do not fit is reported as lost, the next ones are read', () => {
    const damaged = Buffer.from(file);
    const second = pictureTags[1];
    damaged.writeUInt32BE(0x00ffffff, (second?.at ?? 0) + 11 + 5);
    const reader = new FlvReader();
    const result = reader.push(damaged, 0);
    expect(result.lost).toBe('An FLV tag holds a damaged picture.');
    // Not the first one either, which came in the same read: nobody could tell it from what follows the loss.
    expect(result.pictures).toHaveLength(117);
  });

  test('arbitrary bytes never throw and never pile up', () => {
    const start = file.subarray(0, 3000);
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
        fc.boolean(),
        (chunks, headed) => {
          const reader = new FlvReader();
          if (headed) reader.push(Buffer.from(start), 0);
          for (const chunk of chunks) reader.push(Buffer.from(chunk), 0);
        },
      ),
    );
  });
});
