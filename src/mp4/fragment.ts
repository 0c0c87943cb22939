import type { AccessUnit } from '../video/access-unit.js';
import { nalBytes, NalType, nalUnits } from '../video/nal.js';
import { lengthBytes } from './avc-configuration.js';
import { boxHeaderBytes } from './boxes.js';
import type { Mp4Timeline } from './mp4-timeline.js';
import { trackId } from './track.js';

/** Not in samples: parameter sets are in `avcC`, delimiters and filler say nothing (ISO/IEC 14496-15, 5.3.2 and 5.4.2). */
const leftOut = new Set<number>([NalType.sps, NalType.pps, NalType.accessUnitDelimiter, NalType.fillerData]);

/** Sizes of boxes in bytes, each with its header (ISO/IEC 14496-12, 8.8.5, 8.8.7, 8.8.12 and 8.8.8). */
const mfhdBytes = 16;
const tfhdBytes = 16;
const tfdtBytes = 20;
const trunBytes = (samples: number): number => 20 + samples * 12;

/** Offsets count from the `moof` they are in: fragments can be cut apart and joined (8.8.7). */
const defaultBaseIsMoof = 0x02_0000;
/** A data offset; then for each sample duration, size and flags (8.8.8). */
const trunFlags = 0x0001 | 0x0100 | 0x0200 | 0x0400;
/** Sample flags (8.8.3.1): an IDR depends on no other sample; all others do, and nobody can begin there. */
const syncSample = 2 * 2 ** 24;
const otherSample = 1 * 2 ** 24 + 0x0001_0000;

/**
 * One movie fragment, `moof` and `mdat`, with consecutive pictures of one format: one for the least delay, a GOP for a
 * recording. The pictures' bytes are copied once, into the buffer that is returned.
 *
 * @param sequence number of the fragment: the first one is 1, each one after it is higher (8.8.5)
 * @param timeline the one of all fragments of this viewer or recording
 */
export function fragment(units: readonly AccessUnit[], sequence: number, timeline: Mp4Timeline): Buffer {
  const samples = units.map(({ data }) => sampleNals(data));
  const sizes = samples.map(sampleBytes);
  const durations = timeline.durations(units);
  const trafBytes = boxHeaderBytes + tfhdBytes + tfdtBytes + trunBytes(units.length);
  const moofBytes = boxHeaderBytes + mfhdBytes + trafBytes;
  const mdatBytes = boxHeaderBytes + sizes.reduce((sum, size) => sum + size, 0);

  const out = new Output(moofBytes + mdatBytes);
  out.header(moofBytes, 'moof');
  out.header(mfhdBytes, 'mfhd').u32(0).u32(sequence);
  out.header(trafBytes, 'traf');
  out.header(tfhdBytes, 'tfhd').u32(defaultBaseIsMoof).u32(trackId);
  const version1 = 2 ** 24;
  out
    .header(tfdtBytes, 'tfdt')
    .u32(version1)
    .u64(timeline.decodeTime(units[0]?.timestampUs ?? 0));
  out.header(trunBytes(units.length), 'trun').u32(trunFlags).u32(units.length);
  out.u32(moofBytes + boxHeaderBytes);
  units.forEach(({ key }, i) => {
    out
      .u32(durations[i] ?? 0)
      .u32(sizes[i] ?? 0)
      .u32(key ? syncSample : otherSample);
  });
  out.header(mdatBytes, 'mdat');
  for (const nal of samples.flat()) out.u32(nal.length).copy(nal);
  return out.bytes;
}

/** The NAL units of a picture that belong into its sample; views of its bytes. */
function sampleNals(annexB: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  for (const unit of nalUnits(annexB)) {
    if (leftOut.has(unit.type)) continue;
    const nal = nalBytes(annexB, unit);
    // A start code right behind another one has no NAL unit.
    if (nal.length > 0) nals.push(nal);
  }
  return nals;
}

/** Bytes of a sample: each NAL unit with its length in front (ISO/IEC 14496-15, 5.3.4.2). */
function sampleBytes(nals: readonly Buffer[]): number {
  return nals.reduce((sum, nal) => sum + lengthBytes + nal.length, 0);
}

/** Fills a buffer of exactly the right size, from front to back. */
class Output {
  readonly bytes: Buffer;
  private at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  header(size: number, type: string): this {
    this.u32(size);
    this.at += this.bytes.write(type, this.at, 'latin1');
    return this;
  }

  u32(value: number): this {
    this.at = this.bytes.writeUInt32BE(value, this.at);
    return this;
  }

  u64(value: number): this {
    this.at = this.bytes.writeBigUInt64BE(BigInt(value), this.at);
    return this;
  }

  copy(from: Buffer): void {
    this.at += from.copy(this.bytes, this.at);
  }
}
