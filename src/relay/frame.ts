/** Opcodes of RFC 6455, 5.2, that this relay writes itself. */
export const opcode = { text: 1, binary: 2, ping: 9 } as const;

/** Bytes of an unmasked frame header in front of a payload of this length (RFC 6455, 5.2). */
export function frameHeaderBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
}

/**
 * Writes the header of a whole message in one frame, as a server sends it: final, unmasked, uncompressed.
 *
 * @returns where the payload goes
 */
export function writeFrameHeader(
  target: Buffer,
  at: number,
  kind: (typeof opcode)[keyof typeof opcode],
  payloadBytes: number,
): number {
  target.writeUInt8(0x80 | kind, at);
  if (payloadBytes < 126) {
    target.writeUInt8(payloadBytes, at + 1);
    return at + 2;
  }
  if (payloadBytes < 65_536) {
    target.writeUInt8(126, at + 1);
    target.writeUInt16BE(payloadBytes, at + 2);
    return at + 4;
  }
  target.writeUInt8(127, at + 1);
  target.writeBigUInt64BE(BigInt(payloadBytes), at + 2);
  return at + 10;
}

/** A text message as one frame. */
export function textFrame(text: string): Buffer {
  const payloadBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(frameHeaderBytes(payloadBytes) + payloadBytes);
  frame.write(text, writeFrameHeader(frame, 0, opcode.text, payloadBytes));
  return frame;
}
