import type { Cancel, Clock } from '../shared/clock.js';
import type { FrameEnd } from '../shared/frame-end.js';
import type { Log } from '../shared/log.js';
import { AccessUnitBuilder } from './access-unit-builder.js';
import type { AccessUnit } from './access-unit.js';
import { AnnexBReader } from './annexb-reader.js';
import { FlvReader } from './flv-reader.js';
import type { ReaderResult } from './frame-reader.js';
import { PtsLineReader } from './pts-lines.js';

export interface FrameAssemblerOptions {
  readonly framerate: number;
  readonly width: number;
  readonly height: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs a task in the next turn of the event loop, after what can be read has been read (`setImmediate`). */
  readonly nextTurn: (task: () => void) => void;
  readonly onAccessUnit: (unit: AccessUnit) => void;
  /** The process writes what cannot be read any more: only another process helps. */
  readonly onUnreadable: (reason: string) => void;
}

/** A pause this long means that a picture has ended, where no fact says so. */
const quietGapMs = 5;
/** So many pictures without their line, and the lines are given up. */
const missingLinesLimit = 10;
/** Encoder buffers of the VC4 driver, up to 1280x720 and above (bcm2835-v4l2-codec.c, DEF_COMP_BUF_SIZE). */
const encoderBufferBytes = { small: 512 * 1024, large: 768 * 1024 };

/** Makes access units of what the camera processes write, one process after the other. */
export class FrameAssembler {
  private readonly builder: AccessUnitBuilder;
  private annexB: AnnexBReader | undefined;
  private flv: FlvReader | undefined;
  private lines = new PtsLineReader();
  private frameEnd: FrameEnd = 'gap';
  private settling = false;
  private quietTurns = 0;
  private cancelGap: Cancel | undefined;

  constructor(private readonly options: FrameAssemblerOptions) {
    this.builder = new AccessUnitBuilder(options.framerate);
  }

  /** A new process begins. */
  begin(frameEnd: FrameEnd): void {
    this.close();
    this.frameEnd = frameEnd;
    this.builder.restart();
    this.lines = new PtsLineReader();
    if (frameEnd === 'flv') this.flv = new FlvReader();
    else
      this.annexB = new AnnexBReader({ lines: frameEnd === 'pts', encoderBufferBytes: this.bufferBytes() });
  }

  bytes(chunk: Buffer): void {
    this.quietTurns = 0;
    if (this.flv && !this.flv.hasBegun && chunk[0] === 0) this.readAnnexBInstead();
    const reader = this.flv ?? this.annexB;
    if (!reader) return;
    const result = reader.push(chunk, this.options.clock.nowUs());
    this.handle(result);
    if (this.flv?.isBroken && result.lost !== undefined) this.options.onUnreadable(result.lost);
    this.expectEnd();
  }

  ptsBytes(chunk: Buffer): void {
    if (!this.annexB) return;
    this.handle(this.annexB.pushLines(this.lines.push(chunk)));
    this.expectEnd();
  }

  /** Forgets what is incomplete; safe to call twice. */
  close(): void {
    this.cancelGap?.();
    this.annexB = undefined;
    this.flv = undefined;
  }

  /** FLV begins with a letter, Annex B with a zero: where the platform cannot be told, the first byte says. */
  private readAnnexBInstead(): void {
    this.flv = undefined;
    this.frameEnd = 'gap';
    this.annexB = new AnnexBReader({ lines: false, encoderBufferBytes: this.bufferBytes() });
    this.options.log('warn', 'The camera program writes raw H.264: the picture lags by a few milliseconds.');
  }

  private handle(result: ReaderResult): void {
    if (result.lost !== undefined) {
      this.options.log('warn', `${result.lost} Pictures are missing until the next key frame.`);
      this.builder.lose();
    }
    if (result.parameterSets) this.builder.setParameterSets(result.parameterSets);
    for (const picture of result.pictures) {
      const unit = this.builder.build(picture);
      if (unit) this.options.onAccessUnit(unit);
    }
  }

  private expectEnd(): void {
    if (this.frameEnd === 'pts') this.settleWhenQuiet();
    if (this.frameEnd === 'gap') this.closeAfterGap();
  }

  /** Settles when stdout has brought nothing for two turns of the event loop. */
  private settleWhenQuiet(): void {
    if (this.settling || !this.annexB?.unsettled) return;
    this.settling = true;
    this.quietTurns = 0;
    const turn = (): void => {
      this.quietTurns += 1;
      if (this.quietTurns < 2) {
        this.options.nextTurn(turn);
        return;
      }
      this.settling = false;
      if (!this.annexB) return;
      this.handle(this.annexB.settle());
      if (this.annexB.missingLines >= missingLinesLimit) this.giveUpLines(this.annexB);
    };
    this.options.nextTurn(turn);
  }

  private giveUpLines(reader: AnnexBReader): void {
    this.frameEnd = 'gap';
    this.handle(reader.giveUpLines());
    this.expectEnd();
    this.options.log(
      'warn',
      'No timestamps come from the camera program: the picture lags by a few milliseconds.',
    );
  }

  private closeAfterGap(): void {
    this.cancelGap?.();
    this.cancelGap = this.options.clock.after(quietGapMs, () => {
      if (this.annexB) this.handle(this.annexB.closeOpen());
    });
  }

  private bufferBytes(): number {
    const { width, height } = this.options;
    return width * height <= 1280 * 720 ? encoderBufferBytes.small : encoderBufferBytes.large;
  }
}
