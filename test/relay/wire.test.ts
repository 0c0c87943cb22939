import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { helloMessage, parseClientMessage, stateMessage } from '../../src/relay/wire.js';

const format = { codec: 'avc1.42c01f', width: 1280, height: 720, parameterSets: Buffer.alloc(0) };
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
