import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { helloMessage, mediaMessage, parseClientMessage, stateMessage } from '../../src/relay/wire.js';
import type { AccessUnit } from '../../src/video/access-unit.js';

const format = { codec: 'avc1.42c01f', width: 1280, height: 720, parameterSets: Buffer.alloc(0) };
const unit: AccessUnit = {
  data: Buffer.from([0, 0, 0, 1, 0x65, 1, 2, 3]),
  key: true,
  discontinuity: true,
  sequence: 2 ** 32 + 5,
  timestampUs: 2 ** 40 + 7,
  durationUs: 33_333,
  arrivedAtUs: 0,
  format,
};

describe('media messages', () => {
  test('have the header that docs/protocol.md gives, then the picture', () => {
    expect(mediaMessage(unit).toString('hex')).toBe(
      ['01', '03', '00', '14', '00000005', '0000010000000007', '00008235', '0000000165010203'].join(''),
    );
  });

  test('are made once for all viewers', () => {
    expect(mediaMessage(unit)).toBe(mediaMessage(unit));
  });

  test('say what they are not', () => {
    const plain = mediaMessage({ ...unit, key: false, discontinuity: false });
    expect(plain.readUInt8(1)).toBe(0);
  });
});

test('hello names the camera and, once known, its track', () => {
  const camera = { id: 'küche', name: 'Küche ☀' };
  expect(JSON.parse(helloMessage(camera, undefined, 12))).toEqual({
    type: 'hello',
    version: 1,
    camera,
    tracks: [],
    clock: 12,
  });
  expect(JSON.parse(helloMessage(camera, format, 12))).toMatchObject({
    tracks: [{ id: 0, kind: 'video', codec: 'avc1.42c01f', width: 1280, height: 720 }],
  });
});

test('state carries its members', () => {
  expect(JSON.parse(stateMessage({ state: 'failed', reason: 'a', remedy: 'b' }))).toEqual({
    type: 'state',
    state: 'failed',
    reason: 'a',
    remedy: 'b',
  });
});

describe('client messages', () => {
  test.each([
    ['{"type":"start"}', { type: 'start', video: true }],
    ['{"type":"start","tracks":[0,7]}', { type: 'start', video: true }],
    ['{"type":"start","tracks":[7]}', { type: 'start', video: false }],
    ['{"type":"start","tracks":"all"}', { type: 'start', video: true }],
    ['{"type":"later"}', { type: 'ignored' }],
    ['{}', { type: 'malformed' }],
    ['null', { type: 'malformed' }],
    ['7', { type: 'malformed' }],
    ['{', { type: 'malformed' }],
    ['', { type: 'malformed' }],
  ])('%s', (text, expected) => {
    expect(parseClientMessage(text)).toEqual(expected);
  });

  test('of arbitrary text never throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseClientMessage(text)));
  });
});
