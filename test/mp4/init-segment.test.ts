import { describe, expect, test } from '@jest/globals';
import { initSegment } from '../../src/mp4/init-segment.js';
import type { VideoFormat } from '../../src/video/access-unit.js';
import { parseSps } from '../../src/video/sps.js';
import { boxAt, outline, readBoxes } from '../support/mp4-boxes.js';

const startCode = Buffer.from([0, 0, 0, 1]);
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** Parameter sets by x264, 128x96. */
const baseline = hex('6742c00ad9020db011000003000100000300320f122648');
const high = hex('6764000aacd9420db011000003000100000300320f122596');
const high422With10Bits = hex('677a000ab6cd9420db011000000300100000030320f1225960');
const high444 = hex('67f4000a919b2841b60220000003002000000641e244b2c0');
const pps = hex('68ebe3cb22c0');

function formatOf(sps: Buffer, ...others: readonly Buffer[]): VideoFormat {
  const info = parseSps(sps);
  if (!info) throw new Error('no SPS');
  return { ...info, parameterSets: Buffer.concat([sps, ...others].flatMap((set) => [startCode, set])) };
}

const avcC = (format: VideoFormat): string =>
  boxAt(readBoxes(initSegment(format)), 'moov/trak/mdia/minf/stbl/stsd/avc1/avcC').content.toString('hex');

describe('an init segment', () => {
  const boxes = readBoxes(initSegment(formatOf(high, pps)));

  test('has a movie with one track of H.264, no samples, and fragments to come', () => {
    expect(outline(boxes)).toBe(
      'ftyp,moov(mvhd,trak(tkhd,mdia(mdhd,hdlr,minf(vmhd,dinf(dref(url )),' +
        'stbl(stsd(avc1(avcC)),stts,stsc,stsz,stco)))),mvex(trex))',
    );
    expect(boxAt(boxes, 'ftyp').content.toString('latin1').replace('\0\0\u0002\0', '-')).toBe(
      'iso5-iso5iso6avc1mp41',
    );
  });

  test.each([
    ['mvhd', 'moov/mvhd'],
    ['mdhd', 'moov/trak/mdia/mdhd'],
  ])('counts in 90 kHz and does not know its length: %s', (_, path) => {
    const { content } = boxAt(boxes, path);
    expect([content.readUInt32BE(12), content.readUInt32BE(16)]).toEqual([90_000, 0]);
  });

  test('says the size of the picture', () => {
    const tkhd = boxAt(boxes, 'moov/trak/tkhd').content;
    expect([tkhd.length, tkhd.readUInt32BE(76) / 65_536, tkhd.readUInt32BE(80) / 65_536]).toEqual([
      84, 128, 96,
    ]);
    const avc1 = boxAt(boxes, 'moov/trak/mdia/minf/stbl/stsd/avc1').content;
    expect([avc1.readUInt16BE(24), avc1.readUInt16BE(26)]).toEqual([128, 96]);
  });

  test.each([
    ['mvhd', 'moov/mvhd', 100],
    ['mdhd', 'moov/trak/mdia/mdhd', 24],
    ['hdlr', 'moov/trak/mdia/hdlr', 30],
    ['vmhd', 'moov/trak/mdia/minf/vmhd', 12],
    ['trex', 'moov/mvex/trex', 24],
  ])('has a %s of the length the standard gives it', (_, path, length) => {
    expect(boxAt(boxes, path).content).toHaveLength(length);
  });
});

describe('the decoder configuration', () => {
  test('of a Baseline profile ends with the parameter sets', () => {
    expect(avcC(formatOf(baseline, pps))).toBe(
      `0142c00affe10017${baseline.toString('hex')}010006${pps.toString('hex')}`,
    );
  });

  test.each([
    ['High', high, '0164000a', 'fdf8f800'],
    ['High 4:2:2 with 10 bits', high422With10Bits, '017a000a', 'fefafa00'],
    ['High 4:4:4', high444, '01f4000a', 'fff8f800'],
  ])('of %s says the sample format behind them', (_, sps, begin, end) => {
    const configuration = avcC(formatOf(sps, pps));
    expect(configuration.slice(0, 8)).toBe(begin);
    expect(configuration.slice(-8)).toBe(end);
  });

  test('has every PPS, in order', () => {
    const others = [hex('68ce0880'), hex('68ce3c80')];
    expect(avcC(formatOf(baseline, pps, ...others))).toBe(
      `0142c00affe10017${baseline.toString('hex')}03` + '000668ebe3cb22c0' + '000468ce0880' + '000468ce3c80',
    );
  });

  test('leaves out what its counts and lengths cannot say', () => {
    const tooLong = Buffer.alloc(65_536, 0x68);
    const many = Array<Buffer>(256).fill(hex('68ce'));
    const longest = Buffer.alloc(65_535, 0x68);
    expect(avcC(formatOf(baseline, tooLong, longest))).toContain(`01ffff${longest.toString('hex')}`);
    expect(avcC(formatOf(baseline, ...many))).toMatch(/ff(000268ce){255}$/);
    expect(avcC(formatOf(baseline, ...Array<Buffer>(31).fill(baseline)))).toMatch(/^0142c00affff/);
  });
});
