import { describe, expect, test } from '@jest/globals';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { AccessUnitBuilder } from '../../src/video/access-unit-builder.js';
import { recording } from '../support/fixtures.js';
import { type PlainNal, splitAccessUnits } from '../support/plain-h264.js';

const annexB = (nals: readonly PlainNal[]): Buffer =>
  Buffer.concat(nals.flatMap(({ bytes }) => [Buffer.from([0, 0, 0, 1]), bytes]));
const units = splitAccessUnits(recording('vc4-720p30-intra30.h264'));
const withoutSets = units.map((nals) => nals.filter(({ type }) => type !== 7 && type !== 8));
const [sps, pps] = (units[0] ?? []).filter(({ type }) => type === 7 || type === 8).map(({ bytes }) => bytes);

function build(builder: AccessUnitBuilder, nals: readonly PlainNal[], index: number): AccessUnit | undefined {
  return builder.build({
    data: annexB(nals),
    cameraUs: index * 33_333,
    arrivedAtUs: 1_000_000 + index * 33_333,
  });
}

describe('access units', () => {
  test('are counted from 0, in order, with what the parameter sets say', () => {
    const builder = new AccessUnitBuilder(30);
    const built = units.map((nals, i) => build(builder, nals, i));
    expect(built.map((unit) => unit?.sequence)).toEqual(units.map((_, i) => i));
    expect(built.map((unit) => unit?.key)).toEqual(units.map((_, i) => i % 30 === 0));
    expect(built[0]).toMatchObject({ discontinuity: false, timestampUs: 1_000_000, durationUs: 33_333 });
    expect(built[0]?.format).toMatchObject({ codec: 'avc1.640028', width: 1280, height: 720 });
    expect(new Set(built.map((unit) => unit?.format)).size).toBe(1);
  });

  test('a picture that has its parameter sets is handed on untouched', () => {
    const builder = new AccessUnitBuilder(30);
    const data = annexB(units[0] ?? []);
    expect(builder.build({ data, cameraUs: 0, arrivedAtUs: 0 })?.data).toBe(data);
  });

  test('parameter sets from beside the pictures are put in front of each IDR', () => {
    const builder = new AccessUnitBuilder(30);
    builder.setParameterSets([sps ?? Buffer.alloc(0), pps ?? Buffer.alloc(0)]);
    withoutSets.slice(0, 61).forEach((nals, i) => {
      const types = splitAccessUnits(build(builder, nals, i)?.data ?? Buffer.alloc(0))[0]?.map(
        ({ type }) => type,
      );
      expect(types).toEqual(i % 30 === 0 ? [7, 8, 5] : [1]);
    });
  });

  test('nothing is handed out before an IDR with parameter sets', () => {
    const builder = new AccessUnitBuilder(30);
    expect(units.slice(1, 30).map((nals, i) => build(builder, nals, i))).toEqual(Array(29).fill(undefined));
    expect(build(builder, withoutSets[30] ?? [], 30)).toBeUndefined();
    expect(build(builder, units[60] ?? [], 60)).toMatchObject({
      sequence: 0,
      key: true,
      discontinuity: false,
    });
  });

  test('after a loss nothing is handed out up to the next IDR, which is marked', () => {
    const builder = new AccessUnitBuilder(30);
    build(builder, units[0] ?? [], 0);
    builder.lose();
    expect(build(builder, units[2] ?? [], 2)).toBeUndefined();
    expect(build(builder, units[30] ?? [], 30)).toMatchObject({
      sequence: 1,
      key: true,
      discontinuity: true,
    });
    expect(build(builder, units[31] ?? [], 31)).toMatchObject({ sequence: 2, discontinuity: false });
  });

  test('across a restart of the camera process numbers and times go on', () => {
    const builder = new AccessUnitBuilder(30);
    const last = units
      .slice(0, 5)
      .map((nals, i) => build(builder, nals, i))
      .at(-1);
    builder.restart();
    const next = builder.build({ data: annexB(units[0] ?? []), cameraUs: 0, arrivedAtUs: 9_000_000 });
    expect(next).toMatchObject({ sequence: 5, key: true, discontinuity: true, timestampUs: 9_000_000 });
    expect(next?.durationUs).toBe(9_000_000 - (last?.timestampUs ?? 0));
  });

  test('garbage is no access unit', () => {
    const builder = new AccessUnitBuilder(30);
    for (const data of [
      Buffer.alloc(0),
      Buffer.from('garbage'),
      Buffer.from([0, 0, 1]),
      Buffer.from([0, 0, 1, 0x67]),
    ]) {
      expect(builder.build({ data, cameraUs: 0, arrivedAtUs: 0 })).toBeUndefined();
    }
  });
});

test('a rest of a picture, without its first slice, is no picture', () => {
  const builder = new AccessUnitBuilder(30);
  const rest = (nals: readonly PlainNal[]): PlainNal[] =>
    nals.map((nal) => {
      if (nal.type !== 1 && nal.type !== 5) return nal;
      const bytes = Buffer.from(nal.bytes);
      bytes.writeUInt8(bytes.readUInt8(1) & 0x7f, 1);
      return { ...nal, bytes };
    });
  expect(build(builder, rest(units[0] ?? []), 0)).toBeUndefined();
  expect(build(builder, units[30] ?? [], 1)).toMatchObject({ key: true });
  expect(build(builder, rest(units[31] ?? []), 2)).toBeUndefined();
  expect(build(builder, units[32] ?? [], 3)).toBeUndefined();
  expect(build(builder, units[60] ?? [], 4)).toMatchObject({ key: true, discontinuity: true });
});

test('durations add up to true time across a loss', () => {
  const builder = new AccessUnitBuilder(30);
  const first = build(builder, units[0] ?? [], 0);
  builder.lose();
  for (let i = 1; i < 30; i += 1) build(builder, units[i] ?? [], i);
  const next = build(builder, units[30] ?? [], 30);
  expect(next?.durationUs).toBe((next?.timestampUs ?? 0) - (first?.timestampUs ?? 0));
});
