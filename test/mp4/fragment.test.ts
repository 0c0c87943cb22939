import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fragment } from '../../src/mp4/fragment.js';
import { Mp4Timeline } from '../../src/mp4/mp4-timeline.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { boxAt, outline, readBoxes, readFragment } from '../support/mp4-boxes.js';

const nal = (...bytes: readonly number[]): Buffer => Buffer.from(bytes);
const annexB = (...nals: readonly Buffer[]): Buffer =>
  Buffer.concat(nals.flatMap((bytes) => [nal(0, 0, 0, 1), bytes]));

function unit(data: Buffer, index = 0, key = index === 0): AccessUnit {
  return {
    data,
    key,
    discontinuity: false,
    sequence: index,
    timestampUs: 5_000_000 + index * 40_000,
    durationUs: 40_000,
    arrivedAtUs: 0,
    format: { codec: 'avc1.42c01f', width: 16, height: 16, parameterSets: Buffer.alloc(0) },
  };
}

const timeline = new Mp4Timeline(5_000_000);
const idr = nal(0x65, 0x88, 1, 2, 3);
const slice = nal(0x41, 0x9a, 4);
const sei = nal(0x06, 5, 1, 0, 0x80);

describe('a fragment', () => {
  test('of one picture', () => {
    const bytes = fragment([unit(annexB(slice), 3)], 7, timeline);
    expect(outline(readBoxes(bytes))).toBe('moof(mfhd,traf(tfhd,tfdt,trun)),mdat');
    expect(readFragment(bytes)).toEqual({
      sequence: 7,
      decodeTime: 10_800n,
      samples: [{ duration: 3600, flags: 0x0101_0000, nals: [slice] }],
    });
    const moof = boxAt(readBoxes(bytes), 'moof').children;
    // Flags: default-base-is-moof, track 1; version 1; data offset, durations, sizes and flags of samples.
    expect(boxAt(moof, 'traf/tfhd').content.toString('hex')).toBe('0002000000000001');
    expect(boxAt(moof, 'traf/tfdt').content.readUInt32BE(0)).toBe(0x0100_0000);
    expect(boxAt(moof, 'traf/trun').content.readUInt32BE(0)).toBe(0x0000_0701);
  });

  test('of several pictures: the first can be begun at, the others depend on it', () => {
    const units = [annexB(idr), annexB(slice), annexB(slice, slice)].map((data, i) => unit(data, i));
    expect(readFragment(fragment(units, 1, timeline))).toEqual({
      sequence: 1,
      decodeTime: 0n,
      samples: [
        { duration: 3600, flags: 0x0200_0000, nals: [idr] },
        { duration: 3600, flags: 0x0101_0000, nals: [slice] },
        { duration: 3600, flags: 0x0101_0000, nals: [slice, slice] },
      ],
    });
  });

  test('40 days later says so in 64 bits', () => {
    const late = { ...unit(annexB(slice)), timestampUs: 5_000_000 + 40 * 86_400_000_000 };
    expect(readFragment(fragment([late], 1, timeline)).decodeTime).toBe(311_040_000_000n);
  });

  test.each([
    ['parameter sets are left out', annexB(nal(0x67, 1), nal(0x68, 1), idr), [idr]],
    ['so are delimiters and filler', annexB(nal(9, 0x10), idr, nal(0x0c, 255, 0x80)), [idr]],
    ['SEI stays', annexB(sei, idr), [sei, idr]],
    ['short start codes', Buffer.concat([nal(0, 0, 1), sei, nal(0, 0, 1), idr]), [sei, idr]],
    ['zeros behind a NAL unit are none of it', Buffer.concat([annexB(idr), nal(0, 0, 0)]), [idr]],
    ['a start code without a NAL unit', Buffer.concat([nal(0, 0, 1, 0, 0, 1), idr, nal(0, 0, 1)]), [idr]],
    ['bytes in front of the first start code', Buffer.concat([nal(7, 7), annexB(idr)]), [idr]],
    ['nothing', Buffer.alloc(0), []],
  ])('%s', (_, data, nals) => {
    expect(readFragment(fragment([unit(data)], 1, timeline)).samples[0]?.nals).toEqual(nals);
  });

  test('copies a picture: nobody can change it afterwards', () => {
    const { data } = unit(annexB(idr));
    const bytes = fragment([unit(data)], 1, timeline);
    data.fill(0);
    expect(readFragment(bytes).samples[0]?.nals).toEqual([idr]);
  });
});

test('of arbitrary bytes, sizes add up exactly and nothing is lost but what is left out', () => {
  // Many zeros and ones make start codes.
  const byte = fc.oneof(fc.constantFrom(0, 0, 1, 0x65, 0x09), fc.nat(255));
  const data = fc.array(byte, { maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.array(data, { maxLength: 5 }), fc.nat(0xffff_ffff), (pictures, sequence) => {
      const units = pictures.map((bytes, i) => unit(bytes, i));
      const read = readFragment(fragment(units, sequence, timeline));
      expect(read.sequence).toBe(sequence);
      expect(read.samples.map(({ nals }) => nals)).toEqual(pictures.map(plainNals));
    }),
    { numRuns: 2000 },
  );
});

/** What a sample should hold, read in a plain way: between start codes, without the zeros behind. */
function plainNals(data: Buffer): Buffer[] {
  return data
    .toString('latin1')
    .split('\0\0\u0001')
    .slice(1)
    .filter((text) => text.length > 0)
    .map((text) => Buffer.from(text.charAt(0) + text.slice(1).replace(/\0+$/, ''), 'latin1'))
    .filter((bytes) => ![7, 8, 9, 12].includes(bytes.readUInt8(0) & 31));
}
