import { describe, expect, test } from '@jest/globals';
import { textFrame } from '../../src/relay/frame.js';
import { type Form, prepare, prepareBurst, readPong } from '../../src/relay/prepared.js';
import type { AccessUnit } from '../../src/video/access-unit.js';

const format = { codec: 'avc1.42c01f', width: 1280, height: 720, parameterSets: Buffer.alloc(0) };

function unit(sequence: number, bytes = 8, key = false): AccessUnit {
  return {
    data: Buffer.alloc(bytes, sequence % 251),
    key,
    discontinuity: false,
    sequence,
    timestampUs: 2 ** 40 + sequence,
    durationUs: 33_333,
    arrivedAtUs: 0,
    format,
  };
}

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads unmasked frames (RFC 6455, 5.2), written apart from the code that makes them. */
function frames(bytes: Buffer): Frame[] {
  const found: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes.readUInt8(at);
    expect(first & 0xf0).toBe(0x80);
    const short = bytes.readUInt8(at + 1);
    const [length, payloadAt] =
      short < 126
        ? [short, at + 2]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), at + 4]
          : [Number(bytes.readBigUInt64BE(at + 2)), at + 10];
    found.push({ opcode: first & 0x0f, payload: bytes.subarray(payloadAt, payloadAt + length) });
    at = payloadAt + length;
    expect(at).toBeLessThanOrEqual(bytes.length);
  }
  return found;
}

const [text, binary, ping] = [1, 2, 9];

test('a picture of libcamera.v1 has the header that docs/protocol.md gives', () => {
  const picture: AccessUnit = {
    ...unit(2 ** 32 + 5),
    data: Buffer.from([0, 0, 0, 1, 0x65, 1, 2, 3]),
    key: true,
    discontinuity: true,
    timestampUs: 2 ** 40 + 7,
  };
  const [message] = frames(prepare(picture, 'protocol').bytes);
  expect(message?.payload.toString('hex')).toBe(
    ['01', '03', '00', '14', '00000005', '0000010000000007', '00008235', '0000000165010203'].join(''),
  );
});

describe.each<Form>(['protocol', 'plain'])('%s', (form) => {
  const ownBytes = form === 'protocol' ? 20 : 0;

  test.each([1, 105, 106, 125, 126, 65_515, 65_516, 65_535, 65_536, 300_000])(
    'a picture of %i bytes is one frame, with a ping behind it',
    (size) => {
      const { bytes, messageBytes, pingId } = prepare(unit(7, size), form);
      const [message, behind, ...more] = frames(bytes);
      expect(message?.opcode).toBe(binary);
      expect(message?.payload.subarray(ownBytes).equals(Buffer.alloc(size, 7))).toBe(true);
      expect(behind?.opcode).toBe(ping);
      expect(readPong(behind?.payload ?? Buffer.alloc(0))).toBe(pingId);
      expect(more).toEqual([]);
      expect(frames(bytes.subarray(0, messageBytes))).toHaveLength(1);
    },
  );

  test('is made once for all viewers', () => {
    const picture = unit(3);
    expect(prepare(picture, form)).toBe(prepare(picture, form));
    const gop = [unit(0, 100, true), unit(1)];
    expect(prepareBurst(gop, form)).toBe(prepareBurst(gop, form));
  });

  test('a burst is the same messages in one buffer, with pings on the way and at its end', () => {
    const gop = Array.from({ length: 12 }, (_, i) => unit(i, 20_000, i === 0));
    const burst = prepareBurst(gop, form);
    if (!burst) throw new Error('no burst');
    const all = frames(burst.bytes);
    const pictures = all.filter(({ opcode }) => opcode === binary);
    expect(pictures.map(({ payload }) => payload[ownBytes])).toEqual(gop.map(({ sequence }) => sequence));
    const texts = all.filter(({ opcode }) => opcode === text).map(({ payload }) => payload.toString());
    expect(texts).toEqual(
      form === 'protocol' ? ['{"type":"burst","pictures":12}', '{"type":"burstEnd"}'] : [],
    );
    expect(all.at(-1)?.opcode).toBe(ping);
    expect(burst.pings.length).toBeGreaterThan(2);
    let last = 0;
    for (const { pingId, endsAt } of burst.pings) {
      const end = frames(burst.bytes.subarray(last, endsAt)).at(-1);
      expect(readPong(end?.payload ?? Buffer.alloc(0))).toBe(pingId);
      last = endsAt;
    }
    expect(last).toBe(burst.bytes.length);
  });

  test('there is no burst of nothing', () => {
    expect(prepareBurst([], form)).toBeUndefined();
  });
});

test('a text is one frame, whatever its letters', () => {
  const [frame] = frames(textFrame('Küche ☀'.repeat(50)));
  expect(frame?.payload.toString()).toBe('Küche ☀'.repeat(50));
});

test.each([Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(125)])(
  'a foreign pong answers nothing',
  (payload) => {
    expect(readPong(payload)).toBeUndefined();
  },
);
