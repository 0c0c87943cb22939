import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePicture, parseText } from '../../ui/live/wire.js';

/** A video message of track 0; `header` overrides bytes of it. */
function message(header: Record<number, number> = {}, length = 24): ArrayBuffer {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint8(3, 20);
  view.setUint32(4, 7);
  view.setBigUint64(8, 81_234_567_890n);
  view.setUint32(16, 33_333);
  bytes.set([1, 2, 3, 4], length - 4);
  for (const [at, value] of Object.entries(header)) view.setUint8(Number(at), value);
  return bytes.buffer;
}

describe('a binary message', () => {
  test('is a picture', () => {
    expect(parsePicture(message({ 1: 1 }))).toEqual({
      key: true,
      discontinuity: false,
      sequence: 7,
      timestampUs: 81_234_567_890,
      durationUs: 33_333,
      data: new Uint8Array([1, 2, 3, 4]),
    });
  });

  test.each([
    [0, false, false],
    [1, true, false],
    [2, false, true],
    [3, true, true],
    [0xfc, false, false],
  ])('with flags %i', (flags, key, discontinuity) => {
    expect(parsePicture(message({ 1: flags }))).toMatchObject({ key, discontinuity });
  });

  test('may have a longer header in a later version', () => {
    expect(parsePicture(message({ 3: 28 }, 32))?.data).toEqual(new Uint8Array([1, 2, 3, 4]));
  });

  test.each([
    ['of audio', message({ 0: 2 })],
    ['of an unknown type', message({ 0: 99 })],
    ['of another track', message({ 2: 1 })],
    ['with a header shorter than known', message({ 3: 19 })],
    ['with a header longer than itself', message({ 3: 25 })],
    ['without a payload', message({ 3: 24 })],
    ['shorter than a header', message().slice(0, 19)],
    ['of nothing', new ArrayBuffer(0)],
  ])('%s is ignored', (_what, ignored) => {
    expect(parsePicture(ignored)).toBeUndefined();
  });

  test('of any bytes never throws, and its picture lies within it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const buffer = new Uint8Array(bytes).buffer;
        const picture = parsePicture(buffer);
        if (picture) expect(picture.data.byteOffset + picture.data.byteLength).toBe(buffer.byteLength);
      }),
    );
  });
});

describe('a text message', () => {
  test.each([
    [
      'hello',
      '{"type":"hello","version":1,"camera":{"id":"front-door","name":"Haustür 🚪"},"tracks":[{"id":0,"kind":"video","codec":"avc1.42c01f","width":1280,"height":720}],"clock":81234567890}',
      {
        type: 'hello',
        cameraName: 'Haustür 🚪',
        video: { codec: 'avc1.42c01f', width: 1280, height: 720 },
        clockUs: 81_234_567_890,
      },
    ],
    [
      'a hello of a camera that has delivered nothing yet',
      '{"type":"hello","camera":{"name":"A"},"tracks":[],"clock":5}',
      { type: 'hello', cameraName: 'A', video: undefined, clockUs: 5 },
    ],
    [
      'a hello with sound only, and without a name',
      '{"type":"hello","tracks":[{"id":0,"kind":"audio"},null,3]}',
      { type: 'hello', cameraName: '', video: undefined, clockUs: undefined },
    ],
    ['state', '{"type":"state","state":"streaming"}', { type: 'state', state: { state: 'streaming' } }],
    [
      'recovering',
      '{"type":"state","state":"recovering","reason":"R.","remedy":"","retryAtUs":7}',
      { type: 'state', state: { state: 'recovering', reason: 'R.', remedy: '', retryAtUs: 7 } },
    ],
    [
      'failed, in half a message',
      '{"type":"state","state":"failed","remedy":5}',
      { type: 'state', state: { state: 'failed', reason: '', remedy: '' } },
    ],
    ['burst', '{"type":"burst","pictures":17}', { type: 'burst' }],
    ['burstEnd', '{"type":"burstEnd"}', { type: 'burstEnd' }],
  ])('%s is understood', (_what, text, understood) => {
    expect(parseText(text)).toEqual(understood);
  });

  test.each([
    '',
    '{',
    'null',
    '3',
    '"hello"',
    '[]',
    '{}',
    '{"type":"later"}',
    '{"type":"state","state":"later"}',
  ])('%s is ignored', (text) => {
    expect(parseText(text)).toBeUndefined();
  });

  test('of any kind never throws', () => {
    const types = fc.constantFrom('hello', 'state', 'burst', 'burstEnd', 'other');
    const states = fc.constantFrom('stopped', 'recovering', 'failed', 'other');
    const odd = fc.record(
      {
        type: types,
        state: fc.oneof(states, fc.jsonValue()),
        camera: fc.jsonValue(),
        tracks: fc.jsonValue(),
        clock: fc.jsonValue(),
        reason: fc.jsonValue(),
        retryAtUs: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          odd.map((value) => JSON.stringify(value)),
        ),
        (text) => void parseText(text),
      ),
    );
  });
});
