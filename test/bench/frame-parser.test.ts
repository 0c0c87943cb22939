import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clientFrame, FrameParser, Opcode } from '../../bench/load/frame-parser.js';

/** A frame as a server writes it (RFC 6455, 5.2). */
function serverFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head.writeUInt8(128 | opcode, 0);
  head.writeUInt8(length < 126 ? length : length < 65_536 ? 126 : 127, 1);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function parse(pieces: readonly Buffer[]): [opcode: number, payload: string][] {
  const frames: [number, string][] = [];
  let current: Buffer[] = [];
  let opcode = 0;
  const parser = new FrameParser({
    begin: (code) => {
      opcode = code;
      current = [];
    },
    payload: (bytes) => void current.push(Buffer.from(bytes)),
    end: () => void frames.push([opcode, Buffer.concat(current).toString('hex')]),
  });
  for (const piece of pieces) parser.push(piece);
  return frames;
}

test('frames of every kind of length come whole, whatever the pieces', () => {
  const payloads = [0, 1, 125, 126, 65_535, 65_536].map((length) => Buffer.alloc(length, length));
  const stream = Buffer.concat(payloads.map((payload) => serverFrame(Opcode.binary, payload)));
  const expected = payloads.map((payload) => [Opcode.binary, payload.toString('hex')]);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
      const ends = [...cuts].sort((a, b) => a - b);
      const pieces = [...ends, stream.length].map((end, i) => stream.subarray(ends[i - 1] ?? 0, end));
      expect(parse(pieces)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
  expect(parse([...stream.subarray(0, 300)].map((byte) => Buffer.from([byte])))).toEqual(
    expected.slice(0, 4),
  );
});

test('control frames are told apart', () => {
  expect(
    parse([serverFrame(Opcode.ping, Buffer.from('a')), serverFrame(Opcode.text, Buffer.from('b'))]),
  ).toEqual([
    [Opcode.ping, '61'],
    [Opcode.text, '62'],
  ]);
});

test('a client masks what it says', () => {
  const frame = clientFrame(Opcode.pong, Buffer.from('now'));
  expect(frame).toEqual(Buffer.from([0x8a, 0x83, 0, 0, 0, 0, ...Buffer.from('now')]));
});
