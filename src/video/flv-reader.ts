import type { Picture } from './access-unit.js';
import { ByteQueue } from './byte-queue.js';
import { type FrameReader, nothingRead, type ReaderResult } from './frame-reader.js';
import { longStartCode } from './nal.js';
import { maxPictureBytes } from './picture-splitter.js';

/** "FLV", version, flags, u32 header length (Adobe Flash Video File Format 10.1, E.2). */
const fileHeaderBytes = 9;
/** What stands in front of a tag's data: the length of the tag before it (E.3), then the tag's own header (E.4.1). */
const backPointerBytes = 4;
const prefixBytes = backPointerBytes + 11;
const videoTag = 9;
const avcCodec = 7;

/**
 * Reads FLV, in which each tag states its length: a picture is complete when its tag's last byte is there. The AVC
 * NAL units inside, with lengths in front, become Annex B (same size, start codes in place of the lengths).
 */
export class FlvReader implements FrameReader {
  private readonly queue = new ByteQueue();
  private step: 'fileHeader' | 'tags' | 'broken' = 'fileHeader';
  private readonly clock = new FlvClock();

  push(chunk: Buffer, nowUs: number): ReaderResult {
    if (this.step === 'broken') return nothingRead;
    this.queue.push(chunk);
    if (this.step === 'fileHeader') {
      if (this.queue.bytes.length < fileHeaderBytes) return nothingRead;
      const header = this.queue.take(fileHeaderBytes);
      if (header.toString('latin1', 0, 3) !== 'FLV') return this.break('The stream is not FLV.');
      this.step = 'tags';
    }
    return this.readTags(nowUs);
  }

  private readTags(nowUs: number): ReaderResult {
    const pictures: Picture[] = [];
    let parameterSets: Buffer[] | undefined;
    let lost: string | undefined;
    for (;;) {
      const { bytes } = this.queue;
      if (bytes.length < prefixBytes) break;
      const dataBytes = bytes.readUIntBE(backPointerBytes + 1, 3);
      if (dataBytes > maxPictureBytes) return this.break('An FLV tag has an impossible length.');
      if (bytes.length < prefixBytes + dataBytes) break;
      const tag = this.queue.take(prefixBytes + dataBytes).subarray(backPointerBytes);
      if (tag.readUInt8(0) !== videoTag) continue;
      const body = tag.subarray(prefixBytes - backPointerBytes);
      const message = readVideoTag(body);
      if (message?.kind === 'parameterSets') parameterSets = message.sets;
      if (message?.kind === 'damaged') {
        // What follows a loss must not be joined to what came before it.
        lost = 'An FLV tag holds a damaged picture.';
        pictures.length = 0;
      }
      if (message?.kind === 'picture') {
        const ms = this.clock.unwrap(tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24);
        pictures.push({ data: message.data, cameraUs: ms * 1000, arrivedAtUs: nowUs });
      }
    }
    return { pictures, ...(lost && { lost }), ...(parameterSets && { parameterSets }) };
  }

  /** FLV has no mark to find the next tag by: only a new camera process helps. */
  private break(lost: string): ReaderResult {
    this.step = 'broken';
    this.queue.clear();
    return { pictures: [], lost };
  }

  /** Whether anything has been read yet. */
  get hasBegun(): boolean {
    return this.step !== 'fileHeader' || this.queue.bytes.length > 0;
  }

  /** Whether the bytes have proved not to be FLV. Nothing is read any more. */
  get isBroken(): boolean {
    return this.step === 'broken';
  }
}

type VideoMessage =
  { kind: 'parameterSets'; sets: Buffer[] } | { kind: 'picture'; data: Buffer } | { kind: 'damaged' };

/** VIDEODATA and AVCVIDEOPACKET (E.4.3.1 and E.4.3.2). */
function readVideoTag(body: Buffer): VideoMessage | undefined {
  if (body.length < 5 || (body.readUInt8(0) & 0x0f) !== avcCodec) return undefined;
  const payload = body.subarray(5);
  switch (body.readUInt8(1)) {
    case 0: {
      const sets = readAvcConfiguration(payload);
      return sets && { kind: 'parameterSets', sets };
    }
    case 1:
      return lengthsToStartCodes(payload) ? { kind: 'picture', data: payload } : { kind: 'damaged' };
    default:
      return undefined;
  }
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1.2): its SPS and PPS. Lengths are taken to be four bytes. */
function readAvcConfiguration(record: Buffer): Buffer[] | undefined {
  const sets: Buffer[] = [];
  let at = 5;
  for (const countMask of [0x1f, 0xff]) {
    if (at >= record.length) return undefined;
    const count = record.readUInt8(at) & countMask;
    at += 1;
    for (let i = 0; i < count; i += 1) {
      if (at + 2 > record.length) return undefined;
      const end = at + 2 + record.readUInt16BE(at);
      if (end > record.length) return undefined;
      sets.push(record.subarray(at + 2, end));
      at = end;
    }
  }
  return sets;
}

/** Writes a start code over each four-byte length. @returns whether the lengths fit the payload exactly */
function lengthsToStartCodes(payload: Buffer): boolean {
  let at = 0;
  while (at + 4 <= payload.length) {
    const next = at + 4 + payload.readUInt32BE(at);
    if (next > payload.length) return false;
    longStartCode.copy(payload, at);
    at = next;
  }
  return at === payload.length && at > 0;
}

/** FLV timestamps are 31 bits of milliseconds as FFmpeg writes them: they wrap after 24.9 days. */
class FlvClock {
  private last: number | undefined;
  private wraps = 0;

  /** @returns ms since the stream's beginning, growing across wraps */
  unwrap(ms: number): number {
    const masked = ms % 2 ** 31;
    if (this.last !== undefined && this.last - masked > 2 ** 30) this.wraps += 1;
    this.last = masked;
    return this.wraps * 2 ** 31 + masked;
  }
}
