import { BitReader } from './bit-reader.js';
import { nalType, NalType } from './nal.js';
import { removeEmulationPrevention } from './rbsp.js';
import { readSpsBody, spsBits, unlessImpossible } from './sps.js';

const baselineProfile = 66;
/** pic_order_cnt_type of a sequence whose output order is its decoding order (H.264, 8.2.1.3). */
const decodingOrder = 2;
/** The slice_type values of B slices (table 7-6). */
const bSliceTypes = new Set([1, 6]);
/** nal_unit_type of a slice data partition A, which begins with a slice header too (7.3.2.9.1). */
const partitionA = 2;
/** More than first_mb_in_slice and slice_type need. */
const sliceTypeBytes = 16;

/**
 * Whether a sequence parameter set alone proves that pictures are not reordered: by its picture order count, or because
 * its profile knows no B slices (A.2.1).
 */
export function provesDecodingOrder(sps: Buffer): boolean {
  const body = unlessImpossible(() => readSpsBody(spsBits(sps)));
  return body?.orderType === decodingOrder || body?.profile === baselineProfile;
}

/**
 * Whether a NAL unit is a B slice, by its slice header (7.3.3). Where a camera program writes none, it does not reorder
 * pictures.
 *
 * @param nal begins with its header byte, and may be cut anywhere or go on with other NAL units
 */
export function isBSlice(nal: Buffer): boolean {
  const type = nal.length > 0 ? nalType(nal.readUInt8(0)) : 0;
  // An IDR picture has no B slices (7.4.1.2.4).
  if (type !== NalType.slice && type !== partitionA) return false;
  const bits = new BitReader(removeEmulationPrevention(nal.subarray(1, 1 + sliceTypeBytes)));
  const sliceType = unlessImpossible(() => {
    bits.ue();
    return bits.ue();
  });
  return sliceType !== undefined && bSliceTypes.has(sliceType);
}
