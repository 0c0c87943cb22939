import type { VideoFormat } from '../video/access-unit.js';
import { nalBytes, NalType, nalUnits } from '../video/nal.js';
import { parseSampleFormat } from '../video/sps.js';
import { box, u16 } from './boxes.js';

/** Bytes in front of each NAL unit of a sample that hold its length. */
export const lengthBytes = 4;

/** What the counts of an `avcC` can say: 5 bits of SPS, 8 bits of PPS. */
const mostSps = 31;
const mostPps = 255;
/** What its lengths can say: 16 bits. A longer set is none: bytes were lost, and slices became part of it. */
const longestSet = 0xffff;

/** The decoder configuration of a format: AVCConfigurationBox (ISO/IEC 14496-15, 5.3.3.1 and 5.4.2.1). */
export function avcConfiguration(format: VideoFormat): Buffer {
  const sps = setsOf(format, NalType.sps).slice(0, mostSps);
  const pps = setsOf(format, NalType.pps).slice(0, mostPps);
  // avc1.PPCCLL: profile, constraints and level, as the SPS has them.
  const profile = Buffer.from(format.codec.slice('avc1.'.length), 'hex');
  return box(
    'avcC',
    [1],
    profile,
    // Reserved bits are ones.
    [0xfc | (lengthBytes - 1), 0xe0 | sps.length],
    ...sps.map(withLength),
    [pps.length],
    ...pps.map(withLength),
    highProfileExtension(sps[0]),
  );
}

function setsOf(format: VideoFormat, type: number): Buffer[] {
  return [...nalUnits(format.parameterSets)]
    .filter((unit) => unit.type === type)
    .map((unit) => nalBytes(format.parameterSets, unit))
    .filter((set) => set.length <= longestSet);
}

function withLength(set: Buffer): Buffer {
  return Buffer.concat([u16(set.length), set]);
}

/** What follows the sets for High profiles: sample format, and the count of SPS extensions (there are none). */
function highProfileExtension(sps: Buffer | undefined): number[] {
  const format = sps && parseSampleFormat(sps);
  if (!format) return [];
  const { chromaFormat, lumaBits, chromaBits } = format;
  return [0xfc | (chromaFormat & 3), 0xf8 | ((lumaBits - 8) & 7), 0xf8 | ((chromaBits - 8) & 7), 0];
}
