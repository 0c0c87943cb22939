/** What a sequence parameter set says that a viewer must know. */
export interface SpsInfo {
  /** RFC 6381 codec string, for example `avc1.42c01f`. */
  readonly codec: string;
  /** Size of the picture shown, after cropping, in luma samples. */
  readonly width: number;
  readonly height: number;
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
  try {
    return readSps(sps);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSps(sps: Buffer): SpsInfo {
  const bits = new BitReader(removeEmulationPrevention(sps.subarray(1)));
  const profile = bits.u(8);
  const constraints = bits.u(8);
  const level = bits.u(8);
  bits.ue();
  let chromaFormat = 1;
  let separatePlanes = false;
  if (highProfiles.has(profile)) {
    chromaFormat = bits.ue();
    if (chromaFormat === 3) separatePlanes = bits.u(1) === 1;
    bits.ue();
    bits.ue();
    bits.u(1);
    if (bits.u(1) === 1) skipScalingMatrix(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.ue();
  skipPictureOrderCount(bits);
  bits.ue();
  bits.u(1);
  const widthInMbs = bits.ue() + 1;
  const heightInMapUnits = bits.ue() + 1;
  const frameMbsOnly = bits.u(1);
  if (frameMbsOnly === 0) bits.u(1);
  bits.u(1);
  const crop = bits.u(1) === 1 ? [bits.ue(), bits.ue(), bits.ue(), bits.ue()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;

  const chromaArray = separatePlanes ? 0 : chromaFormat;
  const cropX = chromaArray === 1 || chromaArray === 2 ? 2 : 1;
  const cropY = (chromaArray === 1 ? 2 : 1) * (2 - frameMbsOnly);
  const width = widthInMbs * 16 - (left + right) * cropX;
  const height = heightInMapUnits * 16 * (2 - frameMbsOnly) - (top + bottom) * cropY;
  if (width <= 0 || height <= 0 || width > 16_384 || height > 16_384) throw new RangeError('impossible size');
  const hex = [profile, constraints, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { codec: `avc1.${hex}`, width, height };
}

function skipScalingMatrix(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list += 1) {
    if (bits.u(1) === 0) continue;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i += 1) next = (next + bits.se() + 256) % 256;
  }
}

function skipPictureOrderCount(bits: BitReader): void {
  const type = bits.ue();
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

/** Turns the payload of a NAL unit into its RBSP: `00 00 03` becomes `00 00` (H.264, 7.4.1). */
function removeEmulationPrevention(payload: Buffer): Buffer {
  const rbsp = Buffer.alloc(payload.length);
  let length = 0;
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    rbsp[length] = byte;
    length += 1;
  }
  return rbsp.subarray(0, length);
}

/** Reads the syntax elements of H.264, 7.2 and 9.1; throws a RangeError past the end. */
class BitReader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  u(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.bytes[this.position >> 3];
      if (byte === undefined) throw new RangeError('the parameter set is cut short');
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
      this.position += 1;
    }
    return value;
  }

  ue(): number {
    let zeros = 0;
    while (this.u(1) === 0) {
      zeros += 1;
      if (zeros > 32) throw new RangeError('impossible Exp-Golomb code');
    }
    return 2 ** zeros - 1 + this.u(zeros);
  }

  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
