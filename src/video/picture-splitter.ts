import { ByteQueue } from './byte-queue.js';
import { beginsAccessUnit, findStartCode, isFirstSlice, isVcl, nalType } from './nal.js';

/** More than the largest picture of a Pi's encoder by far; a stream that exceeds it is not H.264. */
export const maxPictureBytes = 8 * 1024 * 1024;

/** What a chunk brought. */
export interface SplitResult {
  /** Why bytes had to be dropped before these pictures; pictures up to the next IDR are then lost. */
  readonly lost?: string;
  /** The pictures these bytes completed: those that another picture followed. */
  readonly pictures: readonly Buffer[];
}

/**
 * Cuts an Annex B byte stream into pictures by what the bytes say: a slice with `first_mb_in_slice` 0, or a NAL unit
 * that may only stand in front of a picture, begins the next one. Each byte is looked at once, however the stream is
 * split into chunks.
 */
export class PictureSplitter {
  private readonly queue = new ByteQueue();
  /** Where the search for the next start code goes on, within the queue. */
  private searchFrom = 0;
  private open = false;
  private expectStartCode = false;

  /** Bytes of the picture that is still open. */
  get openBytes(): number {
    return this.queue.bytes.length;
  }

  /** Whether a slice of a picture has begun that has not been handed out. */
  get isOpen(): boolean {
    return this.open;
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Buffer): SplitResult {
    this.queue.push(chunk);
    const lost = this.dropUnexpected();
    const pictures: Buffer[] = [];
    for (;;) {
      const { bytes } = this.queue;
      const at = findStartCode(bytes, this.searchFrom);
      if (at < 0) {
        this.searchFrom = Math.max(this.searchFrom, bytes.length - 2);
        break;
      }
      const header = bytes[at + 3];
      const afterHeader = bytes[at + 4];
      if (header === undefined || (isVcl(nalType(header)) && afterHeader === undefined)) {
        this.searchFrom = at;
        break;
      }
      const type = nalType(header);
      const begins = isVcl(type) ? isFirstSlice(afterHeader ?? 0) : beginsAccessUnit(type);
      if (this.open && begins) {
        const start = withLeadingZero(bytes, at);
        pictures.push(this.queue.take(start));
        this.open = false;
        this.searchFrom = at - start;
      } else {
        if (isVcl(type)) this.open = true;
        this.searchFrom = at + 3;
      }
    }
    if (this.queue.bytes.length > maxPictureBytes) {
      this.reset();
      return { lost: `No picture ended within ${maxPictureBytes} bytes.`, pictures: [] };
    }
    return lost === undefined ? { pictures } : { lost, pictures };
  }

  /**
   * Hands out the open picture because something outside the bytes says that it is complete.
   *
   * @returns the picture, or nothing when there is none or the next NAL unit has already begun
   */
  closeOpen(): Buffer | undefined {
    const { bytes } = this.queue;
    const begun = findStartCode(bytes, this.searchFrom) >= 0;
    if (!this.open || begun) return undefined;
    // A NAL unit never ends with a zero byte: such bytes are the beginning of the next start code.
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) end -= 1;
    this.open = false;
    this.searchFrom = 0;
    this.expectStartCode = true;
    return this.queue.take(end);
  }

  reset(): void {
    this.queue.clear();
    this.searchFrom = 0;
    this.open = false;
    this.expectStartCode = false;
  }

  /** After a picture was handed out on a fact from outside, the stream must go on with a start code. */
  private dropUnexpected(): string | undefined {
    if (!this.expectStartCode) return undefined;
    const { bytes } = this.queue;
    let zeros = 0;
    while (zeros < bytes.length && bytes[zeros] === 0) zeros += 1;
    if (zeros === bytes.length) return undefined;
    this.expectStartCode = false;
    if (zeros >= 2 && bytes[zeros] === 1) return undefined;
    const next = findStartCode(bytes, 0);
    this.queue.take(next < 0 ? bytes.length : withLeadingZero(bytes, next));
    return 'A picture was taken for complete too early.';
  }
}

/** A start code of four bytes begins one byte before its `00 00 01` (H.264, B.1.1: zero_byte). */
function withLeadingZero(bytes: Buffer, at: number): number {
  return at > 0 && bytes[at - 1] === 0 ? at - 1 : at;
}
