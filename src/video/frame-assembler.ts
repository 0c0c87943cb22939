import type { CameraCounters } from '../shared/camera-counters.js';
import type { Cancel, Clock } from '../shared/clock.js';
import { type FrameEnd, frameEndWords } from '../shared/frame-end.js';
import type { Log } from '../shared/log.js';
import { AccessUnitBuilder } from './access-unit-builder.js';
import { Repetitions } from '../shared/repetitions.js';
import type { AccessUnit } from './access-unit.js';
import { AnnexBReader } from './annexb-reader.js';
import { FlvReader } from './flv-reader.js';
import type { ReaderResult } from './frame-reader.js';
import { PtsLineReader } from './pts-lines.js';

export interface FrameAssemblerOptions {
  /** Pictures per second. */
  readonly framerate: number;
  readonly width: number;
  readonly height: number;
  /** Seconds between two key frames. */
  readonly keyFrameInterval: number;
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
/** So many pictures that were cut by a pause within a minute, and pauses are not believed any more. */
const wrongGapsLimit = 3;
const wrongGapsWithinUs = 60_000_000;
/** So many pictures without their line, and the lines are given up. */
const missingLinesLimit = 10;
/** Bytes without a single picture for so long are no video. */
const unreadableAfterMs = 10_000;
/** Encoder buffers of the VC4 driver, up to 1280x720 and above (bcm2835-v4l2-codec.c, DEF_COMP_BUF_SIZE). */
const encoderBufferBytes = { small: 512 * 1024, large: 768 * 1024 };

/** Makes access units of what the camera processes write, one process after the other. */
export class FrameAssembler {
  private readonly builder: AccessUnitBuilder;
  private annexB: AnnexBReader | undefined;
  private flv: FlvReader | undefined;
  private lines = new PtsLineReader();
  private frameEnd: FrameEnd | undefined;
  private settling = false;
  private quietTurns = 0;
  private cancelGap: Cancel | undefined;
  /** When the last pictures were cut by a pause, in µs. */
  private wrongGaps: number[] = [];
  private pictures = 0;
  private losses = 0;
  /** When the first bytes since the last picture came, in µs. */
  private fruitlessUs: number | undefined;
  /** Whether the log knows what the pictures of this process are like. */
  private announced = false;
  private readonly said: Repetitions;

  constructor(private readonly options: FrameAssemblerOptions) {
    this.builder = new AccessUnitBuilder(options.framerate);
    this.said = new Repetitions(options.clock);
  }

  get counters(): Omit<CameraCounters, 'starts' | 'failures'> {
    return { frameEnd: this.frameEnd, pictures: this.pictures, losses: this.losses };
  }

  /**
   * A new process begins.
   *
   * @param reorders whether its pictures may come in another order than they are shown
   */
  begin(frameEnd: FrameEnd, reorders = false): void {
    this.close();
    this.frameEnd = frameEnd;
    this.fruitlessUs = undefined;
    this.announced = false;
    this.builder.restart({ reorders });
    this.lines = new PtsLineReader();
    if (frameEnd === 'flv') this.flv = new FlvReader();
    else this.annexB = this.annexBReader(frameEnd === 'pts');
  }

  bytes(chunk: Buffer): void {
    const nowUs = this.options.clock.nowUs();
    this.quietTurns = 0;
    this.fruitlessUs ??= nowUs;
    const fruitlessForUs = nowUs - this.fruitlessUs;
    if (this.flv && !this.flv.hasBegun && chunk[0] === 0) this.readAnnexBInstead();
    const reader = this.flv ?? this.annexB;
    if (!reader) return;
    const result = reader.push(chunk, nowUs);
    this.handle(result);
    if (result.lost !== undefined && this.frameEnd === 'gap') this.doubtGaps(nowUs);
    if (this.flv?.isBroken && result.lost !== undefined) this.giveUp(result.lost);
    else if (fruitlessForUs > this.patienceUs()) this.giveUp('No picture is in what it writes.');
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
    this.annexB = this.annexBReader(false);
    this.fallBack('gap', 'The camera program writes raw H.264');
  }

  private annexBReader(lines: boolean): AnnexBReader {
    const { width, height } = this.options;
    const size = width * height <= 1280 * 720 ? 'small' : 'large';
    return new AnnexBReader({ lines, encoderBufferBytes: encoderBufferBytes[size] });
  }

  private handle(result: ReaderResult): void {
    if (result.lost !== undefined) {
      this.losses += 1;
      this.tell('warn', 'loss', `${result.lost} Pictures are missing until the next key frame.`);
      this.builder.lose();
    }
    if (result.parameterSets) this.builder.setParameterSets(result.parameterSets);
    for (const picture of result.pictures) {
      const unit = this.builder.build(picture);
      if (unit) this.handOut(unit);
    }
  }

  private handOut(unit: AccessUnit): void {
    this.pictures += 1;
    this.fruitlessUs = undefined;
    if (!this.announced) this.announce(unit);
    this.options.onAccessUnit(unit);
  }

  private announce({ format }: AccessUnit): void {
    this.announced = true;
    if (!this.frameEnd) return;
    const { codec, width, height } = format;
    const words = frameEndWords[this.frameEnd];
    this.tell('info', 'format', `The picture is ${width}x${height} (${codec}); ${words}.`);
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
    this.fallBack('gap', 'No timestamps come from the camera program');
    this.handle(reader.giveUpLines());
    this.expectEnd();
  }

  private closeAfterGap(): void {
    this.cancelGap?.();
    this.cancelGap = this.options.clock.after(quietGapMs, () => {
      if (this.annexB) this.handle(this.annexB.closeOpen());
    });
  }

  /** Pauses that lie inside pictures again and again are the way of this machine. */
  private doubtGaps(nowUs: number): void {
    this.wrongGaps = [...this.wrongGaps, nowUs].filter((atUs) => nowUs - atUs < wrongGapsWithinUs);
    if (this.wrongGaps.length < wrongGapsLimit) return;
    this.cancelGap?.();
    this.fallBack('startCode', 'The camera program pauses in the middle of pictures');
  }

  private fallBack(frameEnd: FrameEnd, because: string): void {
    this.frameEnd = frameEnd;
    this.tell('warn', 'fall back', `${because}: ${frameEndWords[frameEnd]}.`);
  }

  /** How long bytes may come without a picture: the first one may be a key frame away. */
  private patienceUs(): number {
    const { keyFrameInterval, framerate } = this.options;
    return Math.max(unreadableAfterMs, 3000 * keyFrameInterval, 10_000 / framerate) * 1000;
  }

  private giveUp(reason: string): void {
    this.close();
    this.options.onUnreadable(reason);
  }

  private tell(level: 'info' | 'warn', about: string, line: string): void {
    this.options.log(this.said.isNew(about, line) ? level : 'debug', line);
  }
}
