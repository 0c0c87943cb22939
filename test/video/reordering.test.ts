import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isBSlice, provesDecodingOrder } from '../../src/video/reordering.js';
import { clip } from '../support/fixtures.js';
import { isSlice, splitNals } from '../support/plain-h264.js';
import { vc4Sps, writeSps } from '../support/sps-writer.js';

describe('a B slice', () => {
  test.each([
    ['vc4-720p30.h264', false],
    ['pisp-low-latency-720p30.h264', false],
    ['pisp-b-frames-720p30.h264', true],
  ])('in %s: %s', (name, some) => {
    const slices = splitNals(clip(name)).filter(isSlice);
    const bSlices = slices.filter(({ bytes }) => isBSlice(bytes));
    expect(bSlices.length > 0).toBe(some);
    // Those of x264 are not referred to; nothing else in these clips is.
    expect(bSlices).toEqual(slices.filter(({ bytes }) => (bytes.readUInt8(0) & 0x60) === 0));
  });

  test.each([
    ['P', '41 c0', false],
    ['P of a picture of P slices', '41 9a', false],
    ['B', '01 a8', true],
    ['B of a picture of B slices', '01 9e', true],
    ['I of a picture of I slices', '41 88', false],
    // first_mb_in_slice 65535 (16 zeros, a one, 16 zeros), and the same with 22.
    ['B far down the picture', '01 00 00 80 00 20', true],
    ['B behind emulation prevention', '01 00 00 03 02 00 00 03 02', true],
    ['data partition A of B', '02 a8', true],
    ['IDR', '65 a8', false],
    ['SPS', '67 a8', false],
    ['nothing but a header', '01', false],
    ['nothing', '', false],
  ])('%s', (_, hex, is) => {
    expect(isBSlice(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(is);
  });

  test('is looked for in arbitrary bytes without an error', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof isBSlice(Buffer.from(bytes)) === 'boolean'));
  });
});

test.each([
  ['its order is that of decoding', writeSps(vc4Sps(undefined)), true],
  ['its order is free', writeSps(vc4Sps(undefined, { type: 0, log2MaxLsb: 4 })), false],
  [
    'its profile has no B slices',
    writeSps({ ...vc4Sps(undefined, { type: 0, log2MaxLsb: 4 }), profile: 66, chroma: undefined }),
    true,
  ],
  ['it is no parameter set', Buffer.from([0x67, 66]), false],
])('a parameter set proves that nothing is reordered when %s: %#', (_, sps, proves) => {
  expect(provesDecodingOrder(sps)).toBe(proves);
});
