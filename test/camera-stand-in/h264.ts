import { BitReader } from './bit-reader.js';

/** The NAL unit types that occur here. */
export const NalType = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, filler: 12 } as const;

/** One NAL unit of an Annex B stream. */
export interface Nal {
  readonly type: number;
  /** Bytes of the start code in front of it: 3 or 4. */
  readonly startCode: number;
  /** The unit without its start code. */
  readonly bytes: Buffer;
}

const START_CODE = Buffer.from([0, 0, 1]);
const START_CODES = Buffer.from([0, 0, 0, 1]);

/** Splits an Annex B stream into its NAL units. */
export function splitNals(stream: Buffer): Nal[] {
  const nals: Nal[] = [];
  let at = stream.indexOf(START_CODE);
  while (at >= 0) {
    const next = stream.indexOf(START_CODE, at + 3);
    const startCode = at > 0 && stream[at - 1] === 0 ? 4 : 3;
    const longNext = next > 0 && stream[next - 1] === 0;
    const bytes = stream.subarray(at + 3, next < 0 ? stream.length : next - (longNext ? 1 : 0));
    nals.push({ type: (bytes[0] ?? 0) & 31, startCode, bytes });
    at = next;
  }
  return nals;
}

/** True for a slice of a picture. */
export function isSlice(nal: Nal): boolean {
  return nal.type === NalType.slice || nal.type === NalType.idr;
}

/** True for the first slice of a picture: first_mb_in_slice, the first Exp-Golomb number, is 0 if its first bit is set. */
export function startsPicture(nal: Nal): boolean {
  return isSlice(nal) && (nal.bytes[1] ?? 0) >= 128;
}

/** One coded picture. */
export interface AccessUnit {
  readonly nals: readonly Nal[];
  /** True if decoding can start here. */
  readonly idr: boolean;
}

/** Splits an Annex B stream into its pictures; headers belong to the picture after them. */
export function splitAccessUnits(stream: Buffer): AccessUnit[] {
  const units: AccessUnit[] = [];
  let nals: Nal[] = [];
  for (const nal of splitNals(stream)) {
    const opens = startsPicture(nal) || !(isSlice(nal) || nal.type === NalType.filler);
    if (opens && nals.some(isSlice)) {
      units.push({ nals, idr: nals.some(({ type }) => type === NalType.idr) });
      nals = [];
    }
    nals.push(nal);
  }
  if (nals.some(isSlice)) {
    units.push({ nals, idr: nals.some(({ type }) => type === NalType.idr) });
  }
  return units;
}

/** The units as an Annex B stream, with start codes as long as theirs were. */
export function joinNals(nals: readonly Nal[]): Buffer {
  return Buffer.concat(nals.flatMap(({ startCode, bytes }) => [START_CODES.subarray(4 - startCode), bytes]));
}

/** What the stand-in needs of a sequence parameter set. */
export interface Sps {
  readonly profile: number;
  readonly level: number;
  /** In pixels, after cropping. */
  readonly width: number;
  readonly height: number;
  readonly frameNumberBits: number;
  readonly pocType: number;
  /** Bits of pic_order_cnt_lsb, if the picture order count type is 0. */
  readonly pocBits: number;
}

const HIGH_PROFILES = [100, 110, 122, 244];

/** Reads a sequence parameter set; frames only, 4:2:0. */
export function parseSps(nal: Nal): Sps {
  const reader = new BitReader(nal.bytes);
  const profile = reader.bits(8);
  reader.bits(8);
  const level = reader.bits(8);
  reader.ue();
  if (HIGH_PROFILES.includes(profile)) {
    if (reader.ue() !== 1) {
      throw new Error('Only 4:2:0 clips are supported.');
    }
    reader.ue();
    reader.ue();
    reader.bits(1);
    if (reader.flag()) {
      throw new Error('Clips with scaling matrices are not supported.');
    }
  }
  const frameNumberBits = reader.ue() + 4;
  const pocType = reader.ue();
  const pocBits = pocType === 0 ? reader.ue() + 4 : 0;
  reader.ue();
  reader.bits(1);
  const columns = reader.ue() + 1;
  const rows = reader.ue() + 1;
  if (!reader.flag()) {
    throw new Error('Interlaced clips are not supported.');
  }
  reader.bits(1);
  const [left, right, top, bottom] = reader.flag()
    ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()]
    : [0, 0, 0, 0];
  const width = columns * 16 - 2 * (left + right);
  const height = rows * 16 - 2 * (top + bottom);
  return { profile, level, width, height, frameNumberBits, pocType, pocBits };
}

/** What the stand-in and its tests need of a slice header. */
export interface SliceHeader {
  /** slice_type modulo 5: 0 is P, 1 is B, 2 is I. */
  readonly kind: number;
  readonly frameNumber: number;
  /** Only in an IDR picture. */
  readonly idrPicId: number | undefined;
  /** pic_order_cnt_lsb, 0 if the order of output is the order of decoding. */
  readonly poc: number;
}

/** Reads the start of a slice header. */
export function parseSliceHeader(nal: Nal, sps: Sps): SliceHeader {
  const reader = new BitReader(nal.bytes);
  reader.ue();
  const kind = reader.ue() % 5;
  reader.ue();
  const frameNumber = reader.bits(sps.frameNumberBits);
  const idrPicId = nal.type === NalType.idr ? reader.ue() : undefined;
  const poc = sps.pocType === 0 ? reader.bits(sps.pocBits) : 0;
  return { kind, frameNumber, idrPicId, poc };
}
