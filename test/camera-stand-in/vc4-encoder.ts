import { encoderBufferSize } from './big-key-frames.js';
import type { Clip, ClipPicture } from './clip.js';
import type { Encoder, Picture } from './encoder.js';
import { Uncaught } from './encoder.js';
import { isReaderGone } from './fd-writer.js';
import type { Sink } from './fd-writer.js';
import { joinNals } from './h264.js';
import { logLine } from './log.js';
import type { PtsFile } from './pts-file.js';
import { BUFFER_SIZE, Stdio } from './stdio.js';
import type { WriteFaults } from './write-faults.js';

/** How the hardware encoder and the file output of a Pi 0 to 4 are set up. */
export interface Vc4Options {
  /** Headers in front of every IDR picture, not the first one only. */
  readonly inline: boolean;
  /** Every picture leaves at once, not up to the last 4096 bytes. */
  readonly flush: boolean;
  readonly pts: PtsFile | undefined;
  /** Asked before every picture: true while the recording pauses. */
  readonly paused: () => boolean;
  readonly faults: WriteFaults;
}

/** Annex B through a C stream, the time of a picture behind its bytes. */
export class Vc4Encoder implements Encoder {
  public readonly delay = 0;
  private readonly stream: Stdio;
  private waitsForKey = true;

  public constructor(
    private readonly sink: Sink,
    private readonly clip: Clip,
    private readonly options: Vc4Options,
  ) {
    this.stream = new Stdio(sink);
  }

  public get lastWrite(): number {
    return this.sink.lastWrite;
  }

  public get idle(): Promise<void> {
    return this.sink.idle;
  }

  public async start(): Promise<void> {
    // Nothing comes before the first picture.
  }

  public async write(picture: Picture): Promise<void> {
    const source = this.clip.pictures[picture.index % this.clip.pictures.length];
    if (source === undefined || this.isDropped(source)) {
      return;
    }
    const { faults, pts } = this.options;
    const bytes = faults.bytes(picture.index, this.annexB(source, picture.index === 0));
    // What does not fit into a buffer of the driver comes in several, each like a picture of its own.
    const size = encoderBufferSize(this.clip.sps);
    for (let at = 0; at < bytes.length; at += size) {
      await this.output(bytes.subarray(at, at + size), at === 0 && faults.stopsAt(picture.index));
      await pts?.add(picture.captured);
    }
  }

  /** One fwrite, and one fflush. */
  private async output(bytes: Buffer, stops: boolean): Promise<void> {
    try {
      const middle = stops ? middleOf(bytes) : 0;
      if (stops) {
        await this.stream.write(bytes.subarray(0, middle));
        await this.stream.flush();
        await this.options.faults.stop();
      }
      await this.stream.write(bytes.subarray(middle));
      if (this.options.flush) {
        await this.stream.flush();
      }
    } catch (error) {
      reportLostOutput(error);
    }
  }

  public async finish(): Promise<void> {
    try {
      await this.stream.flush();
    } catch (error) {
      reportLostOutput(error);
    }
    await this.options.pts?.close();
  }

  /** A pause drops pictures, and so does what follows it up to the next IDR picture. */
  private isDropped(source: ClipPicture): boolean {
    if (this.options.paused()) {
      this.waitsForKey = true;
      return true;
    }
    this.waitsForKey &&= !source.idr;
    return this.waitsForKey;
  }

  private annexB(source: ClipPicture, isFirst: boolean): Buffer {
    const { sps, pps } = this.clip.headers;
    if (source.idr && (isFirst || this.options.inline)) {
      return joinNals([sps, pps, ...source.slices]);
    }
    // The first unit of a picture has the long start code.
    return joinNals(source.slices.map((nal, place) => (place === 0 ? { ...nal, startCode: 4 } : nal)));
  }
}

/** Where a stop shows: behind the whole blocks that leave first, or in the only piece of a small picture. */
function middleOf(bytes: Buffer): number {
  const rest = bytes.length % BUFFER_SIZE;
  return rest < bytes.length ? bytes.length - rest : bytes.length >> 1;
}

function reportLostOutput(error: unknown): never {
  if (!isReaderGone(error)) {
    throw error;
  }
  // Both pieces of a picture that are written fail, and each raises the signal.
  logLine('Received signal 13');
  logLine('Received signal 13');
  throw new Uncaught('failed to write output bytes');
}
