import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSps } from '../../src/video/sps.js';
import { recording } from '../support/fixtures.js';
import { splitNals } from '../support/plain-h264.js';

const spsOf = (name: string): Buffer =>
  splitNals(recording(name)).find(({ type }) => type === 7)?.bytes ?? Buffer.alloc(0);

describe('parameter sets', () => {
  test.each([
    ['vc4-720p30-intra30.h264', { codec: 'avc1.640028', width: 1280, height: 720 }],
    ['pisp-720p30-low-latency.h264', { codec: 'avc1.42c01f', width: 1280, height: 720 }],
    ['pisp-720p30-default-bframes.h264', { codec: 'avc1.64001f', width: 1280, height: 720 }],
  ])('of %s', (name, info) => {
    expect(parseSps(spsOf(name))).toEqual(info);
  });

  test('of 1920x1080, which is cropped from 1088 lines', () => {
    // x264 1080p, High 4.0; with an emulation prevention byte.
    const sps = Buffer.from('67640028acd940780227e5c044000003000400000300f03c60c658', 'hex');
    expect(parseSps(sps)).toEqual({ codec: 'avc1.640028', width: 1920, height: 1080 });
  });

  test('that are cut short are none', () => {
    const sps = spsOf('vc4-720p30-intra30.h264');
    for (let length = 0; length < 8; length += 1) expect(parseSps(sps.subarray(0, length))).toBeUndefined();
  });

  test('of arbitrary bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const info = parseSps(Buffer.from([0x67, ...bytes]));
        if (info) expect(info.width).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
