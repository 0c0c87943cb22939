import { describe, expect, test } from '@jest/globals';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { AccessUnitBuilder } from '../../src/video/access-unit-builder.js';
import { withoutReordering } from '../../src/video/sps-rewrite.js';
import { annexB } from '../support/ffmpeg.js';
import { clip } from '../support/fixtures.js';
import { fingerprint, type PlainNal, slicesOf, splitAccessUnits, splitNals } from '../support/plain-h264.js';
import { vc4Sps, writeSps } from '../support/sps-writer.js';

/** As the clip's, without a word on reordering; and one that also leaves the order of output open. */
const silentSps = writeSps(vc4Sps(undefined));
const freeSps = writeSps(vc4Sps(undefined, { type: 0, log2MaxLsb: 4 }));

const unitsOf = (name: string, sps?: Buffer): PlainNal[][] =>
  splitAccessUnits(clip(name)).map((nals) =>
    nals.map((nal) => (nal.type === 7 && sps ? { ...nal, bytes: sps } : nal)),
  );
const vc4 = unitsOf('vc4-720p30.h264', silentSps);
const vc4Sets = (vc4[0] ?? []).filter(({ type }) => type === 7 || type === 8);
const bFrames = unitsOf('pisp-b-frames-720p30.h264');
const dataOf = (nals: readonly PlainNal[] = []): Buffer => annexB(nals.map(({ bytes }) => bytes));
const withoutSets = (nals: readonly PlainNal[]): PlainNal[] =>
  nals.filter(({ type }) => type !== 7 && type !== 8);
const spsIn = (data: Buffer | undefined): string | undefined =>
  splitNals(data ?? Buffer.alloc(0))
    .find(({ type }) => type === 7)
    ?.bytes.toString('hex');
const isKey = (nals: readonly PlainNal[]): boolean => nals.some(({ type }) => type === 5);

function feed(builder: AccessUnitBuilder, pictures: readonly Buffer[]): (AccessUnit | undefined)[] {
  return pictures.map((data, i) => builder.build({ data, cameraUs: i * 33_333, arrivedAtUs: i * 33_333 }));
}

describe('a stream that does not reorder pictures', () => {
  test('says so in front of every IDR, and is otherwise the same, byte for byte', () => {
    const pictures = vc4.map(dataOf);
    const kept = fingerprint(Buffer.concat(pictures));
    const built = feed(new AccessUnitBuilder(30), pictures);
    const rewritten = withoutReordering(silentSps).toString('hex');
    expect(rewritten).not.toBe(silentSps.toString('hex'));
    built.forEach((unit, i) => {
      const nals = splitNals(unit?.data ?? Buffer.alloc(0));
      expect(nals.map(({ type }) => type)).toEqual(vc4[i]?.map(({ type }) => type));
      expect(slicesOf(nals)).toEqual(slicesOf(vc4[i] ?? []));
      if (unit?.key) {
        expect(spsIn(unit.data)).toBe(rewritten);
        expect(unit.data.indexOf(unit.format.parameterSets)).toBe(0);
      }
    });
    expect(new Set(built.map((unit) => unit?.format)).size).toBe(1);
    // What came in is still as it came.
    expect(fingerprint(Buffer.concat(pictures))).toBe(kept);
  });

  test('and of it only IDRs are copied', () => {
    const pictures = vc4.map(dataOf);
    const built = feed(new AccessUnitBuilder(30), pictures);
    const same = built.map((unit, i) => unit?.data === pictures[i]);
    expect(same).toEqual(vc4.map((nals) => !isKey(nals)));
  });

  test('keeps what stands in front of, between and behind the parameter sets of an IDR', () => {
    const [sps, pps] = vc4Sets.map(({ bytes }) => bytes);
    const slice = (vc4[0] ?? []).at(-1)?.bytes;
    const other = [
      Buffer.from([9, 0x10]),
      Buffer.from([6, 5, 1, 0xff, 0x80]),
      Buffer.from([6, 5, 1, 1, 0x80]),
    ];
    const nals = [other[0], sps, other[1], pps, other[2], slice].map((nal) => nal ?? Buffer.alloc(0));
    const [unit] = feed(new AccessUnitBuilder(30), [annexB(nals)]);
    const expected = annexB(nals.map((nal) => (nal === sps ? withoutReordering(nal) : nal)));
    expect(unit?.data.equals(expected)).toBe(true);
  });

  test('says so as well when its parameter sets come beside the pictures', () => {
    const builder = new AccessUnitBuilder(30);
    builder.setParameterSets(vc4Sets.map(({ bytes }) => bytes));
    const [unit] = feed(builder, [dataOf(withoutSets(vc4[0] ?? []))]);
    expect(spsIn(unit?.data)).toBe(withoutReordering(silentSps).toString('hex'));
    expect(splitNals(unit?.data ?? Buffer.alloc(0)).map(({ type }) => type)).toEqual([7, 8, 6, 5]);
  });

  test('says the same where another picture than an IDR has its parameter sets', () => {
    const built = feed(new AccessUnitBuilder(30), [dataOf(vc4[0]), dataOf([...vc4Sets, ...(vc4[1] ?? [])])]);
    expect(built[1]?.key).toBe(false);
    expect(spsIn(built[1]?.data)).toBe(withoutReordering(silentSps).toString('hex'));
    expect(slicesOf(splitNals(built[1]?.data ?? Buffer.alloc(0)))).toEqual(slicesOf(vc4[1] ?? []));
  });

  test('is told by its parameter set, even if the program may write B slices', () => {
    const builder = new AccessUnitBuilder(30);
    builder.restart({ reorders: true });
    const [unit] = feed(builder, [dataOf(vc4[0])]);
    expect(spsIn(unit?.data)).toBe(withoutReordering(silentSps).toString('hex'));
  });
});

describe('a stream that reorders pictures', () => {
  const original = spsIn(dataOf(bFrames[0])) ?? '';
  const rewritten = withoutReordering(Buffer.from(original, 'hex')).toString('hex');

  test('is handed on untouched where the program may do so', () => {
    const builder = new AccessUnitBuilder(30);
    builder.restart({ reorders: true });
    const pictures = bFrames.map(dataOf);
    const built = feed(builder, pictures);
    expect(built.map((unit) => unit && 'data' in unit && pictures.indexOf(unit.data))).toEqual(
      pictures.map((data, i) => (isKey(bFrames[i] ?? []) && spsIn(data) === undefined ? -1 : i)),
    );
    expect(spsIn(built[0]?.data)).toBe(original);
    expect(new Set(built.map((unit) => unit?.format)).size).toBe(1);
  });

  test.each([
    ['in each IDR', true],
    ['beside the pictures', false],
  ])('is believed from the IDR after its first B slice on, with parameter sets %s', (_, inBand) => {
    const builder = new AccessUnitBuilder(30);
    const sets = splitNals(dataOf(bFrames[0])).filter(({ type }) => type === 7 || type === 8);
    if (!inBand) builder.setParameterSets(sets.map(({ bytes }) => bytes));
    const gop = bFrames.slice(0, 5).map(withoutSets);
    const again = [...gop, ...gop, ...gop].map((nals) => (isKey(nals) && inBand ? [...sets, ...nals] : nals));
    const built = feed(builder, again.map(dataOf));
    expect([0, 5, 10].map((at) => spsIn(built[at]?.data))).toEqual([rewritten, original, original]);
    const formats = built.map((unit) => unit?.format);
    expect(formats.map((format) => formats.indexOf(format))).toEqual([
      ...Array<number>(5).fill(0),
      ...Array<number>(10).fill(5),
    ]);
    expect(spsIn(formats[0]?.parameterSets)).toBe(rewritten);
    expect(spsIn(formats[5]?.parameterSets)).toBe(original);
  });

  test('is no news to viewers where nothing had been rewritten', () => {
    const told = unitsOf('pisp-b-frames-720p30.h264', withoutReordering(silentSps)).slice(0, 5).map(dataOf);
    const built = feed(new AccessUnitBuilder(30), [...told, ...told]);
    expect(new Set(built.map((unit) => unit?.format)).size).toBe(1);
  });

  test('is forgotten with its camera process', () => {
    const builder = new AccessUnitBuilder(30);
    feed(builder, bFrames.slice(0, 5).map(dataOf));
    builder.restart();
    const [unit] = feed(builder, [dataOf(unitsOf('vc4-720p30.h264', freeSps)[0])]);
    expect(spsIn(unit?.data)).toBe(withoutReordering(freeSps).toString('hex'));
  });
});
