/** NAL unit types this plugin acts on (ITU-T H.264, table 7-1). */
export const NalType = {
  slice: 1,
  idrSlice: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  accessUnitDelimiter: 9,
  fillerData: 12,
} as const;

const startCode = Buffer.from([0, 0, 1]);

/** The start code written in front of every NAL unit this plugin adds to a stream (H.264, annex B). */
export const longStartCode = Buffer.from([0, 0, 0, 1]);

/** Offset of the next `00 00 01` at or after `from`, or -1. */
export function findStartCode(bytes: Buffer, from: number): number {
  return bytes.indexOf(startCode, from);
}

/** `nal_unit_type` of a NAL unit's first byte (H.264, 7.3.1). */
export function nalType(header: number): number {
  return header & 0x1f;
}

/** Whether a type carries slice data of a coded picture (VCL NAL units, types 1 to 5). */
export function isVcl(type: number): boolean {
  return type >= NalType.slice && type <= NalType.idrSlice;
}

/**
 * Whether a slice begins a picture: `first_mb_in_slice` is 0, coded as the single bit 1 (H.264, 7.3.3 and 9.1).
 * Good for every stream without arbitrary slice order, which no camera program writes.
 *
 * @param afterHeader the byte after the NAL unit's header
 */
export function isFirstSlice(afterHeader: number): boolean {
  return (afterHeader & 0x80) !== 0;
}

/**
 * Whether a NAL unit of this type, after a picture's slices, belongs to the next access unit (H.264, 7.4.1.2.3):
 * SEI, SPS, PPS, access unit delimiter and the types 14 to 18.
 */
export function beginsAccessUnit(type: number): boolean {
  return (type >= NalType.sei && type <= NalType.accessUnitDelimiter) || (type >= 14 && type <= 18);
}

/** A NAL unit inside an Annex B buffer. */
export interface NalUnit {
  readonly type: number;
  /** Offset of its header byte. */
  readonly begin: number;
}

/** The NAL units of an Annex B buffer, in order. Their ends are not looked for: see {@link nalBytes}. */
export function* nalUnits(annexB: Buffer): Generator<NalUnit> {
  let at = findStartCode(annexB, 0);
  while (at >= 0 && at + 3 < annexB.length) {
    const begin = at + 3;
    yield { type: nalType(annexB.readUInt8(begin)), begin };
    at = findStartCode(annexB, begin);
  }
}

/** The bytes of a NAL unit from its header to its last byte, without the zeros that may follow (H.264, B.1). */
export function nalBytes(annexB: Buffer, unit: NalUnit): Buffer {
  const next = findStartCode(annexB, unit.begin);
  let end = next < 0 ? annexB.length : next;
  while (end > unit.begin + 1 && annexB[end - 1] === 0) end -= 1;
  return annexB.subarray(unit.begin, end);
}
