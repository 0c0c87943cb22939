import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import { within } from '../shared/wait.js';
import type { AccessUnit } from '../video/access-unit.js';
import type { LiveFeed } from '../video/live-feed.js';
import { EncoderError } from './jpeg-encoder.js';
import { type Placeholder, placeholder } from './placeholders.js';
import { decideSnapshot, longestWaitMs, type SnapshotSituation } from './snapshot-policy.js';

/** A still picture. */
export interface Snapshot {
  readonly jpeg: Buffer;
  /** What it shows: the camera's picture, or words in its place. */
  readonly shows: 'picture' | Placeholder;
}

export interface SnapshotsOptions {
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly log: Log;
  /** The camera is started for a snapshot at most this often while nobody watches, in ms. */
  readonly intervalMs: number;
  /** Makes a JPEG of an IDR; rejects with an {@link EncoderError}. */
  readonly encode: (keyFrame: Buffer) => Promise<Buffer>;
}

/** A camera that has not delivered a picture in this time is not waited for. */
const captureLimitMs = 20_000;

/** Still pictures of one camera: kept in memory, made by one encoder at a time, for everybody who asks. */
export class Snapshots {
  private newest: { readonly jpeg: Buffer; readonly takenAtUs: number } | undefined;
  private capturing: Promise<void> | undefined;
  private startedUs: number | undefined;
  private problem: EncoderError | undefined;
  private abandon: (() => void) | undefined;

  constructor(private readonly options: SnapshotsOptions) {}

  /** Answers within 5 s, with words where there is no picture. */
  async take(): Promise<Snapshot> {
    const { show, capture } = decideSnapshot(this.situation());
    const capturing = capture ? this.capture() : undefined;
    if (show === 'wait' && capturing) await within(this.options.clock, longestWaitMs, capturing);
    const usable = show === 'cached' || decideSnapshot(this.situation()).show === 'cached';
    if (usable && this.newest) return { jpeg: this.newest.jpeg, shows: 'picture' };
    const words = this.problem?.kind === 'missing' ? 'no-ffmpeg' : 'unavailable';
    return { jpeg: await placeholder(words), shows: words };
  }

  /** Waits for no picture any more; safe to call twice. */
  close(): void {
    this.abandon?.();
  }

  private situation(): SnapshotSituation {
    const { feed, clock, intervalMs } = this.options;
    const agoMs = (us: number | undefined): number | undefined =>
      us === undefined ? undefined : (clock.nowUs() - us) / 1000;
    const { state } = feed.state;
    return {
      ageMs: agoMs(this.newest?.takenAtUs),
      camera: this.condition(state),
      // A camera that was started for a picture is off again while the picture is being encoded.
      running: feed.isRunning || this.capturing !== undefined,
      startedAgoMs: agoMs(this.startedUs),
      intervalMs,
    };
  }

  /** A camera that starts because somebody came is well; one that starts after a failure is not. */
  private condition(state: CameraState['state']): SnapshotSituation['camera'] {
    if (state === 'streaming' || state === 'failed') return state;
    return this.options.feed.inTrouble ? 'trouble' : 'resting';
  }

  /** Makes one picture; everybody who asks meanwhile waits for the same one. Never rejects. */
  private capture(): Promise<void> {
    this.capturing ??= this.captureOnce().finally(() => (this.capturing = undefined));
    return this.capturing;
  }

  private async captureOnce(): Promise<void> {
    const unit = await this.keyFrame();
    if (!unit || unit.timestampUs === this.newest?.takenAtUs) return;
    try {
      this.newest = { jpeg: await this.options.encode(unit.data), takenAtUs: unit.timestampUs };
      this.problem = undefined;
    } catch (error) {
      const problem = error instanceof EncoderError ? error : new EncoderError('failed', String(error));
      if (this.problem?.message !== problem.message) this.options.log('warn', problem.message);
      this.problem = problem;
    }
  }

  /** The newest IDR, or the next one when there is none. Starts the camera if it has to. */
  private keyFrame(): Promise<AccessUnit | undefined> {
    const { feed, clock } = this.options;
    const cached = feed.gop[0];
    if (cached) return Promise.resolve(cached);
    if (!feed.isRunning || feed.state.state === 'failed') this.startedUs = clock.nowUs();
    return new Promise((resolve) => {
      const finish = (unit?: AccessUnit): void => {
        leave();
        cancel();
        this.abandon = undefined;
        resolve(unit);
      };
      const cancel = clock.after(captureLimitMs, finish);
      this.abandon = finish;
      const leave = feed.subscribe(
        {
          accessUnit: (unit) => {
            if (unit.key) finish(unit);
          },
          state: (state) => {
            if (state.state === 'failed') finish();
          },
        },
        false,
      );
    });
  }
}
