import { readFileSync } from 'node:fs';
import { isSlice, NalType, parseSliceHeader, parseSps, splitAccessUnits } from './h264.js';
import type { AccessUnit, Nal, Sps } from './h264.js';

/** slice_type of a B slice. */
const B_SLICE = 1;

/** One picture of a clip. */
export interface ClipPicture {
  /** True if decoding can start here. */
  readonly idr: boolean;
  readonly slices: readonly Nal[];
  /** Shown this many pictures later (1) or earlier (-1) than its place in the stream. */
  readonly reorder: number;
}

/** An encoded clip that can be played over and over: it starts with an IDR picture. */
export interface Clip {
  /** What is said of the stream in front. */
  readonly sps: Sps;
  readonly headers: { readonly sps: Nal; readonly pps: Nal; readonly sei: readonly Nal[] };
  /** In the order of the stream. */
  readonly pictures: readonly ClipPicture[];
  readonly hasBFrames: boolean;
}

/**
 * Reads a clip.
 *
 * @param level the level_idc to claim in its sequence parameter set, if another than it was encoded with
 */
export function readClip(file: string, level: number | undefined): Clip {
  const units = splitAccessUnits(readFileSync(file));
  const first = units[0]?.nals ?? [];
  const found = (type: number): Nal => {
    const nal = first.find((candidate) => candidate.type === type);
    if (nal === undefined) {
      throw new Error(`${file} does not start with its headers.`);
    }
    return nal;
  };
  const sps = withLevel(found(NalType.sps), level);
  const parsed = parseSps(sps);
  const shownLate = units.map((unit) => isB(unit, parsed));
  return {
    sps: parsed,
    headers: { sps, pps: found(NalType.pps), sei: first.filter(({ type }) => type === NalType.sei) },
    // With one B picture at most in a row, it changes places with the picture before it.
    pictures: units.map((unit, index) => ({
      idr: unit.idr,
      slices: unit.nals.filter(isSlice),
      reorder: shownLate[index] === true ? -1 : shownLate[index + 1] === true ? 1 : 0,
    })),
    hasBFrames: shownLate.includes(true),
  };
}

function isB(unit: AccessUnit, sps: Sps): boolean {
  const slice = unit.nals.find(isSlice);
  return slice !== undefined && parseSliceHeader(slice, sps).kind === B_SLICE;
}

function withLevel(sps: Nal, level: number | undefined): Nal {
  if (level === undefined) {
    return sps;
  }
  const bytes = Buffer.from(sps.bytes);
  bytes[3] = level;
  return { ...sps, bytes };
}
