import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FrameEnd } from '../../src/shared/frame-end.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { FrameAssembler } from '../../src/video/frame-assembler.js';
import { FakeClock } from '../support/fake-clock.js';
import { recording } from '../support/fixtures.js';
import { splitAccessUnits } from '../support/plain-h264.js';

const pictures = splitAccessUnits(recording('vc4-720p30-intra30.h264')).map((nals) =>
  Buffer.concat(nals.flatMap(({ bytes }) => [Buffer.from([0, 0, 0, 1]), bytes])),
);
const picture = (index: number): Buffer => pictures[index] ?? Buffer.alloc(0);
const line = (index: number): Buffer => Buffer.from(`${(index * 33.333).toFixed(3)}\n`);

let clock: FakeClock;
let turns: (() => void)[];
let units: AccessUnit[];
let said: string[];

/** One turn of the event loop. */
function turn(): void {
  const due = turns;
  turns = [];
  for (const task of due) task();
}

function assembler(frameEnd: FrameEnd): FrameAssembler {
  const made = new FrameAssembler({
    framerate: 30,
    keyFrameInterval: 1,
    width: 1280,
    height: 720,
    clock,
    log: (_, message) => said.push(message),
    nextTurn: (task) => turns.push(task),
    onAccessUnit: (unit) => units.push(unit),
    onUnreadable: (reason) => said.push(`unreadable: ${reason}`),
  });
  made.begin(frameEnd);
  return made;
}

beforeEach(() => {
  clock = new FakeClock();
  turns = [];
  units = [];
  said = [];
});

describe('with a line behind each picture', () => {
  test('a picture leaves when its line has come and stdout was quiet for two turns', () => {
    const frames = assembler('pts');
    frames.ptsBytes(Buffer.from('# timecode format v2\n'));
    frames.bytes(picture(0));
    turn();
    turn();
    expect(units).toHaveLength(0);
    frames.ptsBytes(line(0));
    turn();
    expect(units).toHaveLength(0);
    turn();
    expect(units.map(({ data }) => data.length)).toEqual([picture(0).length]);
  });

  test('bytes that come after the line put it off: they may belong to the picture', () => {
    const frames = assembler('pts');
    frames.bytes(picture(0).subarray(0, 20_000));
    frames.ptsBytes(line(0));
    turn();
    frames.bytes(picture(0).subarray(20_000));
    turn();
    expect(units).toHaveLength(0);
    turn();
    expect(units.map(({ data }) => data.equals(picture(0)))).toEqual([true]);
    expect(turns).toHaveLength(0);
  });

  test('when no lines come any more, a short gap ends a picture instead, and that is said', async () => {
    const frames = assembler('pts');
    for (let i = 0; i < 12; i += 1) {
      frames.bytes(picture(i));
      for (let n = 0; n < 3; n += 1) turn();
      await clock.advance(33);
    }
    expect(said).toEqual([
      'The picture is 1280x720 (avc1.640028); a timestamp line tells when a picture is complete.',
      'No timestamps come from the camera program: a short pause tells when a picture is complete (5 ms later).',
    ]);
    frames.bytes(picture(12));
    await clock.advance(6);
    expect(units.at(-1)?.data.equals(picture(12))).toBe(true);
  });
});

test('without lines a gap ends a picture; one that was cut is repaired at the next IDR, and said', async () => {
  const frames = assembler('gap');
  frames.bytes(picture(0));
  await clock.advance(4);
  expect(units).toHaveLength(0);
  await clock.advance(1);
  expect(units).toHaveLength(1);
  frames.bytes(picture(1).subarray(0, 300));
  await clock.advance(10);
  frames.bytes(picture(1).subarray(300));
  await clock.advance(10);
  frames.bytes(picture(2));
  await clock.advance(10);
  frames.bytes(picture(30));
  await clock.advance(10);
  expect(units.map(({ sequence, key, discontinuity }) => [sequence, key, discontinuity])).toEqual([
    [0, true, false],
    [1, false, false],
    [2, true, true],
  ]);
  expect(said).toEqual([
    'The picture is 1280x720 (avc1.640028); a short pause tells when a picture is complete (5 ms later).',
    'A picture was taken for complete too early. Pictures are missing until the next key frame.',
  ]);
});

test('raw H.264 where FLV was expected is read all the same', async () => {
  const frames = assembler('flv');
  frames.bytes(picture(0));
  await clock.advance(5);
  expect(units.map(({ data }) => data.equals(picture(0)))).toEqual([true]);
  expect(said).toEqual([
    'The camera program writes raw H.264: a short pause tells when a picture is complete (5 ms later).',
    'The picture is 1280x720 (avc1.640028); a short pause tells when a picture is complete (5 ms later).',
  ]);
});

test('what is neither FLV nor H.264 is reported once, for another process', () => {
  const frames = assembler('flv');
  frames.bytes(Buffer.from('JPEG or whatever'));
  frames.bytes(Buffer.from('more of it'));
  expect(said).toEqual([
    'The stream is not FLV. Pictures are missing until the next key frame.',
    'unreadable: The stream is not FLV.',
  ]);
});

test('bytes without a picture for ten seconds are reported once, for another process', async () => {
  const frames = assembler('gap');
  for (let second = 0; second < 14; second += 1) {
    frames.bytes(Buffer.alloc(1000, second % 2 === 0 ? 'JPEG' : 'more'));
    await clock.advance(1000);
  }
  expect(said).toEqual(['unreadable: No picture is in what it writes.']);
  expect(units).toEqual([]);
});

test('a camera that is silent for long, and then goes on, is readable', async () => {
  const frames = assembler('gap');
  frames.bytes(picture(0));
  await clock.advance(30_000);
  frames.bytes(picture(1).subarray(0, 100));
  frames.bytes(picture(1).subarray(100));
  await clock.advance(10);
  expect(units).toHaveLength(2);
});

test('a new process begins with nothing of the old one', async () => {
  const frames = assembler('gap');
  frames.bytes(picture(0).subarray(0, 1000));
  frames.begin('gap');
  frames.bytes(picture(30));
  await clock.advance(10);
  expect(units.map(({ data }) => data.equals(picture(30)))).toEqual([true]);
});

test('what is closed hands out nothing more', async () => {
  const frames = assembler('pts');
  frames.bytes(picture(0));
  frames.ptsBytes(line(0));
  frames.close();
  frames.close();
  turn();
  turn();
  frames.bytes(picture(1));
  await clock.advance(100);
  expect(units).toEqual([]);
});

describe('when the lines stay away', () => {
  test('pictures keep their order and none is held back', async () => {
    const frames = assembler('pts');
    for (let i = 0; i < 12; i += 1) {
      frames.bytes(picture(i));
      turn();
      turn();
    }
    expect(said).toContainEqual(expect.stringContaining('No timestamps come'));
    // Two pictures in one reading, as after a stall of the event loop.
    frames.bytes(Buffer.concat([picture(12), picture(13)]));
    await clock.advance(10);
    frames.bytes(picture(14));
    await clock.advance(10);
    expect(units.map(({ data }) => data.length)).toEqual(pictures.slice(0, 15).map((bytes) => bytes.length));
  });

  test('late ones are not taken for those of later pictures', async () => {
    const frames = assembler('pts');
    for (let i = 0; i < 12; i += 1) {
      frames.bytes(picture(i));
      turn();
      turn();
    }
    frames.ptsBytes(line(0));
    frames.bytes(picture(12).subarray(0, 100));
    turn();
    turn();
    frames.bytes(picture(12).subarray(100));
    await clock.advance(10);
    expect(units).toHaveLength(13);
    expect(said).toHaveLength(2);
  });
});
