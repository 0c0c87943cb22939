import type { BitReader } from './bit-reader.js';
import { BitWriter } from './bit-writer.js';
import { nalType, NalType } from './nal.js';
import { insertEmulationPrevention, removeEmulationPrevention } from './rbsp.js';
import { readSpsBody, spsBits, unlessImpossible } from './sps.js';
import { skipToBitstreamRestriction } from './vui.js';

/** MaxDpbFrames is never more (H.264, A.3.1). */
const mostReferenceFrames = 16;

/** Where the rewriting begins, in bits behind the SPS's header byte, and what is there. */
interface Place {
  readonly found: 'noVui' | 'noRestriction' | 'reordering' | 'inOrder';
  readonly position: number;
  readonly referenceFrames: number;
}

/**
 * Makes a sequence parameter set say that pictures are output in the order in which they are decoded
 * (max_num_reorder_frames 0), from as few buffers as the references need (max_dec_frame_buffering =
 * max_num_ref_frames). Without these facts a decoder must assume the most its level allows (H.264, E.2.1), and may
 * hold that many pictures. Every other bit is kept. Good only for a stream that does not reorder pictures.
 *
 * @param sps the NAL unit, beginning with its header byte
 * @returns the same buffer when it says so already, or when it cannot be read to its very end
 */
export function withoutReordering(sps: Buffer): Buffer {
  if (sps.length === 0 || nalType(sps.readUInt8(0)) !== NalType.sps) return sps;
  const place = unlessImpossible(() => readPlace(spsBits(sps)));
  if (!place || place.found === 'inOrder') return sps;
  const bits = new BitWriter();
  bits.copy(removeEmulationPrevention(sps.subarray(1)), place.position);
  if (place.found === 'noVui') writeEmptyVui(bits);
  if (place.found !== 'reordering') writeInferredRestriction(bits);
  bits.ue(0);
  bits.ue(place.referenceFrames);
  return Buffer.concat([sps.subarray(0, 1), insertEmulationPrevention(bits.end())]);
}

function readPlace(bits: BitReader): Place | undefined {
  const { referenceFrames } = readSpsBody(bits);
  if (referenceFrames > mostReferenceFrames) return undefined;
  let { position } = bits;
  let found: Place['found'] = 'noVui';
  if (bits.flag()) {
    skipToBitstreamRestriction(bits);
    ({ position } = bits);
    found = 'noRestriction';
    if (bits.flag()) {
      bits.u(1);
      for (let i = 0; i < 4; i += 1) bits.ue();
      ({ position } = bits);
      const reorderFrames = bits.ue();
      found = bits.ue() === referenceFrames && reorderFrames === 0 ? 'inOrder' : 'reordering';
    }
  }
  return bits.atTrailingBits() ? { found, position, referenceFrames } : undefined;
}

/** vui_parameters_present_flag, and a VUI (E.1.1) that says nothing, up to bitstream_restriction_flag. */
function writeEmptyVui(bits: BitWriter): void {
  bits.u(1, 1);
  bits.u(8, 0);
}

/**
 * bitstream_restriction_flag, and what a decoder infers where the restriction is absent (E.2.1), up to
 * max_num_reorder_frames. The lengths of motion vectors are 15: older editions infer 16, which newer ones forbid and
 * ffmpeg's cbs_h264 rejects. 15 is allowed by all, and no level's motion vectors (below 2^13 quarter samples, A.3.1)
 * are longer.
 */
function writeInferredRestriction(bits: BitWriter): void {
  const overPictureBoundaries = 1;
  const bytesPerPictureDenominator = 2;
  const bitsPerMacroblockDenominator = 1;
  const log2MotionVectorLength = 15;
  bits.u(1, 1);
  bits.u(1, overPictureBoundaries);
  bits.ue(bytesPerPictureDenominator);
  bits.ue(bitsPerMacroblockDenominator);
  bits.ue(log2MotionVectorLength);
  bits.ue(log2MotionVectorLength);
}
