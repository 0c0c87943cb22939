import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PtsLineReader } from '../../src/video/pts-lines.js';
import { recording } from '../support/fixtures.js';

/** Cuts bytes at arbitrary places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

const cuts = fc.array(fc.nat(), { maxLength: 20 });

function read(parts: readonly Buffer[]): (number | undefined)[] {
  const reader = new PtsLineReader();
  return parts.flatMap((part) => reader.push(part));
}

test('what rpicam-vid wrote survives any split', () => {
  const file = recording('vc4-720p30-intra30.pts');
  const whole = read([file]);
  expect(whole.length).toBeGreaterThan(100);
  expect(whole.every((time, i) => time !== undefined && time >= (whole[i - 1] ?? 0))).toBe(true);
  fc.assert(fc.property(cuts, (places) => expect(read(pieces(file, places))).toEqual(whole)));
});

test('arbitrary bytes never throw, and each line stands for a buffer', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(bytes, cuts, (raw, places) => {
      const buffer = Buffer.from(raw);
      const lines = buffer.toString('latin1').split('\n').slice(0, -1);
      const times = read(pieces(buffer, places));
      expect(times.length).toBe(lines.filter((line) => !line.startsWith('#')).length);
      expect(times.every((time) => time === undefined || Number.isFinite(time))).toBe(true);
    }),
  );
});

test('a line without an end is not kept', () => {
  const reader = new PtsLineReader();
  for (let i = 0; i < 1000; i += 1) expect(reader.push(Buffer.alloc(10_000, '1'))).toEqual([]);
  expect(reader.push(Buffer.from('\n33.333\n'))).toEqual([undefined, 33_333]);
});
