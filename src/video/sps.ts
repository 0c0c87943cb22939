import { BitReader } from './bit-reader.js';
import { removeEmulationPrevention } from './rbsp.js';

/** What a sequence parameter set says that a viewer must know. */
export interface SpsInfo {
  /** RFC 6381 codec string, for example `avc1.42c01f`. */
  readonly codec: string;
  /** Size of the picture shown, after cropping, in luma samples. */
  readonly width: number;
  readonly height: number;
}

/** What stands in a sequence parameter set in front of its VUI. */
export interface SpsBody {
  readonly info: SpsInfo;
  /** profile_idc. */
  readonly profile: number;
  /** pic_order_cnt_type. */
  readonly orderType: number;
  /** max_num_ref_frames. */
  readonly referenceFrames: number;
}

/** How samples are coded; only the SPS of a High profile says it, all others mean 4:2:0 with 8 bits. */
export interface SampleFormat {
  /** `chroma_format_idc`: 0 is monochrome, 1 is 4:2:0, 2 is 4:2:2, 3 is 4:4:4. */
  readonly chromaFormat: number;
  /** Bits per luma sample, from 8. */
  readonly lumaBits: number;
  /** Bits per chroma sample, from 8. */
  readonly chromaBits: number;
}

/** Profiles whose SPS carries chroma_format_idc and scaling matrices (H.264, 7.3.2.1.1). */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/**
 * Reads a sequence parameter set (H.264, 7.3.2.1.1).
 *
 * @param sps the NAL unit, beginning with its header byte
 * @returns nothing when it is cut short or impossible
 */
export function parseSps(sps: Buffer): SpsInfo | undefined {
  return unlessImpossible(() => readSpsBody(spsBits(sps)).info);
}

/**
 * Reads the sample format of a sequence parameter set (H.264, 7.3.2.1.1).
 *
 * @param sps the NAL unit, beginning with its header byte
 * @returns nothing when the profile is none of the High ones, or the parameter set is cut short
 */
export function parseSampleFormat(sps: Buffer): SampleFormat | undefined {
  return unlessImpossible(() => {
    const bits = spsBits(sps);
    const profile = bits.u(8);
    bits.u(16);
    bits.ue();
    return highProfiles.has(profile) ? readSampleFormat(bits) : undefined;
  });
}

/** The bits of a sequence parameter set behind its header byte. */
export function spsBits(sps: Buffer): BitReader {
  return new BitReader(removeEmulationPrevention(sps.subarray(1)));
}

/** @returns nothing where the bits are cut short or impossible */
export function unlessImpossible<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSampleFormat(bits: BitReader): SampleFormat & { readonly separatePlanes: boolean } {
  const chromaFormat = bits.ue();
  const separatePlanes = chromaFormat === 3 && bits.flag();
  return { chromaFormat, separatePlanes, lumaBits: 8 + bits.ue(), chromaBits: 8 + bits.ue() };
}

/** Reads up to vui_parameters_present_flag, which comes next; throws a RangeError at what is impossible. */
export function readSpsBody(bits: BitReader): SpsBody {
  const profile = bits.u(8);
  const constraints = bits.u(8);
  const level = bits.u(8);
  bits.ue();
  let chromaFormat = 1;
  let separatePlanes = false;
  if (highProfiles.has(profile)) {
    ({ chromaFormat, separatePlanes } = readSampleFormat(bits));
    bits.u(1);
    if (bits.flag()) skipScalingMatrix(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.ue();
  const orderType = bits.ue();
  skipPictureOrderCount(bits, orderType);
  const referenceFrames = bits.ue();
  bits.u(1);
  const widthInMbs = bits.ue() + 1;
  const heightInMapUnits = bits.ue() + 1;
  const frameMbsOnly = bits.u(1);
  if (frameMbsOnly === 0) bits.u(1);
  bits.u(1);
  const crop = bits.flag() ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;

  const chromaArray = separatePlanes ? 0 : chromaFormat;
  const cropX = chromaArray === 1 || chromaArray === 2 ? 2 : 1;
  const cropY = (chromaArray === 1 ? 2 : 1) * (2 - frameMbsOnly);
  const width = widthInMbs * 16 - (left + right) * cropX;
  const height = heightInMapUnits * 16 * (2 - frameMbsOnly) - (top + bottom) * cropY;
  if (width <= 0 || height <= 0 || width > 16_384 || height > 16_384) throw new RangeError('impossible size');
  const hex = [profile, constraints, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { info: { codec: `avc1.${hex}`, width, height }, profile, orderType, referenceFrames };
}

/** scaling_list (7.3.2.1.1.1): ends early where next_scale becomes 0. */
function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list += 1) {
    if (!bits.flag()) continue;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i += 1) {
      const delta = bits.se();
      if (delta < -128 || delta > 127) throw new RangeError('impossible scaling list');
      next = (next + delta + 256) % 256;
    }
  }
}

function skipPictureOrderCount(bits: BitReader, type: number): void {
  if (type === 0) {
    bits.ue();
  } else if (type === 1) {
    bits.u(1);
    bits.se();
    bits.se();
    const cycle = bits.ue();
    if (cycle > 255) throw new RangeError('impossible picture order count cycle');
    for (let i = 0; i < cycle; i += 1) bits.se();
  }
}
