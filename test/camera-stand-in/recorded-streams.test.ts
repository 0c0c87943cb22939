import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isSlice, NalType, parseSliceHeader, parseSps, splitAccessUnits } from './h264.js';
import type { AccessUnit, SliceHeader } from './h264.js';
import { readFlv, unitTypes } from './support/read-flv.js';
import { RECORDINGS } from './support/recorded-cases.js';
import { run, temporaryFolder } from './support/stand-in.js';

/** 150 pictures, more than a shipped clip has, in little more than a second. */
const FAST = ['-n', '--width', '1280', '--height', '720', '--framerate', '120', '--frames', '150'];

const SECOND = ['-n', '--width', '1280', '--height', '720', '--framerate', '30', '-t', '1500'];

function recording(file: string): Buffer {
  return readFileSync(join(RECORDINGS, file));
}

const VC4 = { PLATFORM: 'vc4' };
const PISP = { PLATFORM: 'pisp' };
const folder = temporaryFolder();
const inFolder = (name: string): string => join(folder, name);

/** What every test looks at, recorded from the stand-in all at once: each takes its time. */
const RUNS = {
  vc4: [[...FAST, '--inline', '--flush', '--save-pts', inFolder('pts'), '-o', '-'], VC4],
  vc4Slow: [[...SECOND, '--flush', '--save-pts', inFolder('pts30'), '-o', '-'], VC4],
  vc4WithoutInline: [[...FAST, '--flush', '-o', '-'], VC4],
  vc4Level: [[...FAST, '--level', '4.2', '-o', '-'], VC4],
  lowLatency: [[...FAST, '--low-latency', '--libav-format', 'h264', '-o', '-'], PISP],
  bFrames: [[...FAST, '--libav-format', 'h264', '-o', '-'], PISP],
  flv: [[...SECOND, '--low-latency', '-b', '2000000', '--libav-format', 'flv', '-o', '-'], PISP],
  flvBFrames: [[...SECOND, '--libav-format', 'flv', '-o', '-'], PISP],
  elementary: [
    [...FAST, '--low-latency', '--save-pts', inFolder('pts264'), '-o', inFolder('video.h264')],
    PISP,
  ],
} as const;

const streams = new Map<string, Buffer>();

function stream(name: keyof typeof RUNS): Buffer {
  return streams.get(name) ?? Buffer.alloc(0);
}

beforeAll(async () => {
  const recordStream = async ([name, [argv, env]]: [
    string,
    (typeof RUNS)[keyof typeof RUNS],
  ]): Promise<void> => {
    const { stdout, code } = await run(argv, env);
    expect({ name, code }).toEqual({ name, code: 0 });
    streams.set(name, stdout);
  };
  await Promise.all(Object.entries(RUNS).map(recordStream));
}, 60_000);

/** Start code lengths and NAL types of a picture: `4:7 4:8 3:5`. Further slices like the one before are left out. */
function layout(unit: AccessUnit): string {
  const units = unit.nals.map(({ startCode, type }) => `${startCode}:${type}`);
  return units.filter((text, index) => !(text === units[index - 1] && text.startsWith('3:'))).join(' ');
}

function slices(unit: AccessUnit): number {
  return unit.nals.filter(isSlice).length;
}

/** The header of the first slice of every picture. */
function headers(units: readonly AccessUnit[]): SliceHeader[] {
  const spsNal = units[0]?.nals.find(({ type }) => type === NalType.sps);
  if (spsNal === undefined) {
    throw new Error('The stream does not start with a sequence parameter set.');
  }
  const sps = parseSps(spsNal);
  return units
    .flatMap((unit) => unit.nals.filter(isSlice).slice(0, 1))
    .map((nal) => parseSliceHeader(nal, sps));
}

/** Neighbouring IDR pictures must differ (H.264 7.4.3), or a decoder takes them for one. */
function expectDifferentIdrs(units: readonly AccessUnit[]): void {
  const ids = headers(units).flatMap(({ idrPicId }) => idrPicId ?? []);
  expect(ids.length).toBeGreaterThan(4);
  ids.slice(1).forEach((id, index) => expect(id).not.toBe(ids[index]));
}

describe('vc4', () => {
  const recorded = splitAccessUnits(recording('vc4-720p30-intra30.h264'));
  let units: AccessUnit[];

  beforeAll(() => {
    units = splitAccessUnits(stream('vc4'));
  });

  test('has the recorded units in every picture', () => {
    expect(units).toHaveLength(150);
    expect(units.slice(0, 119).map(layout)).toEqual(recorded.slice(0, 119).map(layout));
    expect(new Set(units.map(slices))).toEqual(new Set(recorded.map(slices)));
  });

  test('loops without a seam', () => {
    expectDifferentIdrs(units);
    // frame_num counts up from every IDR picture on; every picture here is a reference.
    const numbers = headers(units).map(({ frameNumber }) => frameNumber);
    expect(numbers).toEqual(numbers.map((_, index) => (index % 30) % 16));
  });

  test('writes one time per picture', () => {
    const lines = readFileSync(inFolder('pts'), 'utf8').split('\n');
    expect(lines.slice(0, 4)).toEqual(['# timecode format v2', '0.000', '8.333', '16.666']);
    expect(lines).toHaveLength(152);
    const times = lines.slice(1, -1).map(Number);
    times.slice(1).forEach((time, index) => expect(time).toBeGreaterThan(times[index] ?? 0));
  });

  test('writes times like the recorded ones', () => {
    const ours = readFileSync(inFolder('pts30'), 'utf8').split('\n').slice(0, 12);
    expect(ours).toEqual(recording('vc4-720p30-intra30.pts').toString().split('\n').slice(0, 12));
  });

  test('has headers in front of the first picture only without --inline', () => {
    const layouts = splitAccessUnits(stream('vc4WithoutInline')).map(layout);
    expect(layouts.slice(0, 31)).toEqual(['4:7 4:8 3:5', ...new Array<string>(29).fill('4:1'), '4:5']);
    expect(layouts.filter((text) => text.includes(':7'))).toHaveLength(1);
  });

  test('claims the level that was asked for', () => {
    const sps = splitAccessUnits(stream('vc4Level'))[0]?.nals[0];
    expect(sps && parseSps(sps).level).toBe(42);
  });
});

describe('pisp', () => {
  test('has the recorded units in every picture of a low-latency Annex B stream', () => {
    const recorded = splitAccessUnits(recording('pisp-720p30-low-latency.h264'));
    const units = splitAccessUnits(stream('lowLatency'));
    expect(units).toHaveLength(150);
    expect(units.slice(0, 119).map(layout)).toEqual(recorded.slice(0, 119).map(layout));
    expect(new Set(units.map(slices))).toEqual(new Set([4]));
    expectDifferentIdrs(units);
  });

  test('has B pictures without --low-latency', () => {
    const recorded = splitAccessUnits(recording('pisp-720p30-default-bframes.h264'));
    const units = splitAccessUnits(stream('bFrames'));
    expect(units).toHaveLength(150);
    expect(units.slice(0, 29).map(layout)).toEqual(recorded.slice(0, 29).map(layout));
    const kinds = (of: readonly AccessUnit[]): number[] => headers(of).map(({ kind }) => kind);
    expect(kinds(units).slice(0, 8)).toEqual(kinds(recorded).slice(0, 8));
    expectDifferentIdrs(units);
  });

  test('has the recorded tags in an FLV stream', () => {
    const recorded = readFlv(recording('pisp-720p30-low-latency.flv'));
    const tags = readFlv(stream('flv'));
    expect(tags.length).toBeGreaterThan(40);
    // The metadata is the same to the byte; of the sequence header, the parameter sets are the encoder's.
    expect(tags[0]).toEqual(recorded[0]);
    expect(tags[1]?.data.subarray(0, 13)).toEqual(recorded[1]?.data.subarray(0, 13));
    const shape = ({ type, data, time }: (typeof tags)[number]): unknown => ({
      type,
      time,
      header: data.subarray(0, 5).toString('hex'),
      units: [...new Set(unitTypes(data))],
    });
    expect(tags.slice(2, 40).map(shape)).toEqual(recorded.slice(2, 40).map(shape));
    expect(tags.at(-1)?.data).toEqual(recorded.at(-1)?.data);
    expect(tags.at(-1)?.time).toBe(tags.at(-2)?.time);
  });

  test('shows B pictures in order in an FLV stream', () => {
    const tags = readFlv(stream('flvBFrames'));
    const pictures = tags.slice(2, -1);
    const shown = pictures.map(({ time, data }) => time + data.readIntBE(2, 3));
    pictures.forEach(({ time }, index) => expect(shown[index]).toBeGreaterThanOrEqual(time));
    const ordered = [...shown].sort((a, b) => a - b);
    expect(shown).not.toEqual(ordered);
    expect(new Set(shown).size).toBe(shown.length);
  });

  test('saves times of an elementary stream only', () => {
    expect(splitAccessUnits(readFileSync(inFolder('video.h264')))).toHaveLength(150);
    expect(readFileSync(inFolder('pts264'), 'utf8').split('\n')).toHaveLength(152);
  });
});
