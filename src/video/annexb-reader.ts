import type { Picture } from './access-unit.js';
import { type FrameReader, nothingRead, type ReaderResult } from './frame-reader.js';
import { PictureSplitter, type SplitResult } from './picture-splitter.js';

/** Complete pictures that may wait for their timestamp line. */
const maxWaitingPictures = 64;
/** Lines that may wait for their pictures; more are a broken file. */
const maxWaitingLines = 1024;

export interface AnnexBReaderOptions {
  /** Whether a timestamp line comes for each encoded buffer. Without lines pictures have no camera timestamps. */
  readonly lines: boolean;
  /** Size of the encoder's output buffers: a picture that fills one goes on in the next, with a line of its own. */
  readonly encoderBufferBytes: number;
}

/**
 * Reads Annex B with a line of `--save-pts` for each encoded buffer beside it.
 *
 * Where a picture *begins* the bytes say. That the newest one is *complete* a line says: it is written after the
 * picture's last byte. A line speaks of what the program wrote, not of what was read here, so the newest picture is
 * closed only in {@link settle}, which the owner calls when stdout has produced nothing for two event-loop turns.
 * Lines and pictures are matched by order.
 */
export class AnnexBReader implements FrameReader {
  private readonly splitter = new PictureSplitter();
  private readonly lines: (number | undefined)[] = [];
  private readonly waiting: { data: Buffer; arrivedAtUs: number }[] = [];
  /** Lines yet to come for pictures that were handed out without them. */
  private overdueLines = 0;
  private lastByteUs = 0;
  private expectLines: boolean;
  /** Complete pictures whose line never came. */
  missingLines = 0;

  constructor(private readonly options: AnnexBReaderOptions) {
    this.expectLines = options.lines;
  }

  push(chunk: Buffer, nowUs: number): ReaderResult {
    const result = this.splitter.push(chunk);
    if (result.lost !== undefined) {
      // What follows a loss must not be joined to what came before it.
      this.overdueLines += this.waiting.length;
      this.waiting.length = 0;
    }
    for (const data of result.pictures) this.waiting.push({ data, arrivedAtUs: nowUs });
    this.lastByteUs = nowUs;
    return this.collect(result);
  }

  /** Takes timestamp lines, in µs; nothing in place of a line without a timestamp. */
  pushLines(lines: readonly (number | undefined)[]): ReaderResult {
    if (!this.expectLines) return nothingRead;
    for (const line of lines) {
      if (this.overdueLines > 0) this.overdueLines -= 1;
      else if (this.lines.length < maxWaitingLines) this.lines.push(line);
    }
    return this.collect();
  }

  /** Everything the program had written when the newest line was written has been read: closes what a line covers. */
  settle(): ReaderResult {
    const pictures = this.takeMatched();
    // A line is written before the next picture: one that is missing now never comes.
    pictures.push(...this.takeUnmatched(0));
    this.missingLines += this.overdueLines;
    this.overdueLines = 0;
    if (this.lines.length >= this.linesOf(this.splitter.openBytes + 1)) {
      const data = this.splitter.closeOpen();
      if (data) pictures.push({ data, cameraUs: this.lines[0], arrivedAtUs: this.lastByteUs });
      // Further lines belong to the parts of one big picture.
      if (data || !this.splitter.isOpen) this.lines.length = 0;
    }
    return { pictures };
  }

  /** Closes the newest picture although no line says so: for programs that write none. */
  closeOpen(): ReaderResult {
    const data = this.splitter.closeOpen();
    return { pictures: data ? [{ data, cameraUs: undefined, arrivedAtUs: this.lastByteUs }] : [] };
  }

  /** No line is waited for or believed any more: pictures leave without camera timestamps. */
  giveUpLines(): ReaderResult {
    this.expectLines = false;
    this.lines.length = 0;
    return { pictures: this.takeUnmatched(0) };
  }

  /** Whether lines wait for the newest picture to settle. */
  get unsettled(): boolean {
    return this.lines.length > 0 || this.waiting.length > 0;
  }

  private collect(split?: SplitResult): ReaderResult {
    const pictures = this.takeMatched();
    pictures.push(...this.takeUnmatched(this.expectLines ? maxWaitingPictures : 0));
    return split?.lost === undefined ? { pictures } : { pictures, lost: split.lost };
  }

  private takeMatched(): Picture[] {
    const pictures: Picture[] = [];
    for (let head = this.waiting[0]; head; head = this.waiting[0]) {
      const lines = this.linesOf(head.data.length);
      if (this.lines.length < lines) break;
      pictures.push({ ...head, cameraUs: this.lines[0] });
      this.lines.splice(0, lines);
      this.waiting.shift();
    }
    return pictures;
  }

  /** Hands out all but the newest `keep` complete pictures, with whatever lines there are. */
  private takeUnmatched(keep: number): Picture[] {
    const taken = this.waiting.splice(0, Math.max(0, this.waiting.length - keep));
    return taken.map((picture) => {
      if (this.expectLines && this.lines.length === 0) this.overdueLines += 1;
      return { ...picture, cameraUs: this.lines.shift() };
    });
  }

  /** Lines written for a picture of this size. */
  private linesOf(bytes: number): number {
    return Math.max(1, Math.ceil(bytes / this.options.encoderBufferBytes));
  }
}
