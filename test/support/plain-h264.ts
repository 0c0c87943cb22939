import { createHash } from 'node:crypto';

/**
 * A second, deliberately plain reading of Annex B: whole files, no state. What the streaming readers hand out is held
 * against it.
 */
export interface PlainNal {
  readonly type: number;
  readonly bytes: Buffer;
}

export function splitNals(annexB: Buffer): PlainNal[] {
  const starts: number[] = [];
  for (let at = annexB.indexOf('000001', 0, 'hex'); at >= 0; at = annexB.indexOf('000001', at + 3, 'hex')) {
    starts.push(at + 3);
  }
  return starts.map((start, i) => {
    let end = (starts[i + 1] ?? annexB.length + 3) - 3;
    while (annexB[end - 1] === 0) end -= 1;
    const bytes = annexB.subarray(start, end);
    return { type: bytes.readUInt8(0) & 31, bytes };
  });
}

export const isSlice = (nal: PlainNal): boolean => nal.type === 1 || nal.type === 5;

/** The NAL units of each access unit: a slice with first_mb_in_slice 0 belongs to a new one, with what precedes it. */
export function splitAccessUnits(annexB: Buffer): PlainNal[][] {
  const units: PlainNal[][] = [];
  let head: PlainNal[] = [];
  for (const nal of splitNals(annexB)) {
    if (!isSlice(nal)) head.push(nal);
    else if ((nal.bytes.readUInt8(1) & 0x80) !== 0) {
      units.push([...head, nal]);
      head = [];
    } else units.at(-1)?.push(nal);
  }
  return units;
}

/** Short stand-in for bytes in comparisons: Jest compares buffers byte by byte, which takes minutes here. */
export const fingerprint = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('base64');

/** One fingerprint for each slice. */
export const slicesOf = (nals: readonly PlainNal[]): string[] =>
  nals.filter(isSlice).map((nal) => fingerprint(nal.bytes));
