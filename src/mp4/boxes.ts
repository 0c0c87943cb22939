/** What a box is made of: bytes, or other boxes. */
export type BoxPart = Buffer | readonly number[];

/** Bytes of a box header: size and type, 32 bits each (ISO/IEC 14496-12, 4.2). */
export const boxHeaderBytes = 8;

/** A box (ISO/IEC 14496-12, 4.2). It copies its parts: for the few hundred bytes of an init segment only. */
export function box(type: string, ...parts: readonly BoxPart[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([u32(boxHeaderBytes + content.length), Buffer.from(type, 'latin1'), content]);
}

/** A box with a version and 24 bits of flags in front (ISO/IEC 14496-12, 4.2). */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly BoxPart[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...parts);
}

/** Big-endian 16-bit numbers. */
export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16BE(value, i * 2));
  return bytes;
}

/** Big-endian 32-bit numbers. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value, i * 4));
  return bytes;
}

/** Zeros, where the standard has reserved fields or a zero is the value. */
export function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}
