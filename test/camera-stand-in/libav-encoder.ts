import type { Clip } from './clip.js';
import type { Encoder, Picture } from './encoder.js';
import { Uncaught } from './encoder.js';
import { isReaderGone } from './fd-writer.js';
import type { Sink } from './fd-writer.js';
import { logLine } from './log.js';
import type { Muxer } from './muxer.js';
import type { PtsFile } from './pts-file.js';
import type { WriteFaults } from './write-faults.js';

/** libav's output buffer in bytes: what is longer leaves in pieces of this size. */
const BUFFER_SIZE = 32768;

/** Pictures that x264 keeps back on four cores without `--low-latency`: half of its buffering is frame threads. */
const LOOKAHEAD = 9;

/** libx264 through libav's muxers, as on a Pi 5: one write per picture, whatever `--flush` says. */
export class LibavEncoder implements Encoder {
  public readonly delay: number;

  /**
   * @param frameDuration in µs
   * @param pts only for an elementary stream: libav refuses it otherwise
   */
  public constructor(
    private readonly sink: Sink,
    private readonly clip: Clip,
    private readonly muxer: Muxer,
    private readonly frameDuration: number,
    lowLatency: boolean,
    private readonly pts: PtsFile | undefined,
    private readonly faults: WriteFaults,
  ) {
    this.delay = lowLatency ? 0 : LOOKAHEAD;
  }

  public get lastWrite(): number {
    return this.sink.lastWrite;
  }

  public get idle(): Promise<void> {
    return this.sink.idle;
  }

  public async start(): Promise<void> {
    await this.send(this.muxer.header());
  }

  public async write(picture: Picture, captureTime: (index: number) => number): Promise<void> {
    const source = this.clip.pictures[picture.index % this.clip.pictures.length];
    if (source === undefined) {
      return;
    }
    // With B pictures everything is decoded one picture early, so that none is shown before it is decoded.
    const early = this.clip.hasBFrames ? 1 : 0;
    const decoded =
      picture.index < early
        ? captureTime(0)
        : captureTime(picture.index - early) + early * this.frameDuration;
    const shown = captureTime(picture.index + source.reorder);
    const times = { decoded, shown: shown + early * this.frameDuration };
    const own = this.muxer.picture(source, picture.index === 0, times);
    await this.sendPicture(picture.index, this.faults.bytes(picture.index, own));
    await this.pts?.add(shown);
  }

  public async finish(): Promise<void> {
    await this.send(this.muxer.trailer());
    await this.pts?.close();
  }

  private async sendPicture(index: number, bytes: Buffer): Promise<void> {
    const middle = this.faults.stopsAt(index) ? bytes.length >> 1 : 0;
    if (middle > 0) {
      await this.send(bytes.subarray(0, middle));
      await this.faults.stop();
    }
    await this.send(bytes.subarray(middle));
  }

  private async send(bytes: Buffer): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; at += BUFFER_SIZE) {
        await this.sink.write(bytes.subarray(at, at + BUFFER_SIZE));
      }
    } catch (error) {
      if (!isReaderGone(error)) {
        throw error;
      }
      logLine('Received signal 13');
      throw new Uncaught('libav: error writing output: Broken pipe');
    }
  }
}
