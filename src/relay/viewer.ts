import type { Clock } from '../shared/clock.js';
import type { CameraCounters } from '../shared/camera-counters.js';
import type { CameraState } from '../shared/camera-state.js';
import type { AccessUnit } from '../video/access-unit.js';
import type { LiveFeed, Subscriber } from '../video/live-feed.js';
import type { CameraTotals } from './totals.js';

/** A camera as the relay shows it. */
export interface RelayCamera {
  readonly id: string;
  readonly name: string;
  readonly feed: LiveFeed;
  /** Sums over all viewers there were. */
  readonly totals: CameraTotals;
  readonly counters: () => CameraCounters;
  /** A still picture, or words in its place, as a JPEG. */
  readonly snapshot: () => Promise<{ readonly jpeg: Uint8Array; readonly shows: string }>;
}

/** What a viewer receives: `page` speaks `libcamera.v1`, `plain` Annex B in messages; the others HTTP. */
export type ViewerKind = 'page' | 'plain' | 'h264' | 'mp4';

export interface ViewerStats {
  /** Counts the viewers since the relay started. */
  readonly viewer: number;
  readonly kind: ViewerKind;
  readonly address: string;
  /** Seconds. */
  readonly age: number;
  readonly pictures: number;
  readonly bytes: number;
  /** Pictures it was not sent because it was behind. */
  readonly skipped: number;
  /** How often it went on after that. */
  readonly resyncs: number;
  /** Seconds it is behind, from its acknowledgements; nothing over HTTP, which has none. */
  readonly delay: number | undefined;
}

export interface ViewerOptions {
  readonly camera: RelayCamera;
  readonly clock: Clock;
  readonly kind: ViewerKind;
  readonly address: string;
  /** How far behind a viewer may be before it loses pictures, in µs. */
  readonly maxDelayUs: number;
}

let viewers = 0;

/** What all viewers have in common: from the live feed to their counters. How they are sent to differs. */
export abstract class Viewer implements Subscriber {
  private readonly number = (viewers += 1);
  private readonly sinceUs: number;
  private unsubscribe: () => void = () => undefined;
  private pictures = 0;
  private bytes = 0;
  private skipped = 0;
  private resyncs = 0;
  protected readonly camera: RelayCamera;
  protected readonly clock: Clock;
  private ended = false;

  constructor(protected readonly options: ViewerOptions) {
    this.camera = options.camera;
    this.clock = options.clock;
    this.sinceUs = this.clock.nowUs();
    this.camera.totals.joins += 1;
  }

  abstract accessUnit(unit: AccessUnit): void;
  abstract state(state: CameraState): void;
  /** Called once a second. */
  abstract tick(nowUs: number): void;
  /** Ends the connection, with a reason if there is a place for it. */
  abstract disconnect(code: number, reason: string): void;
  protected abstract delayUs(nowUs: number): number | undefined;

  /** To be called last in a constructor: pictures may come from then on. */
  protected subscribe(): void {
    this.unsubscribe = this.camera.feed.subscribe(this);
  }

  /** The connection is over; safe to call twice. */
  protected end(): void {
    if (this.ended) return;
    this.ended = true;
    this.unsubscribe();
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  stats(nowUs: number): ViewerStats {
    const delayUs = this.delayUs(nowUs);
    return {
      viewer: this.number,
      kind: this.options.kind,
      address: this.options.address,
      age: (nowUs - this.sinceUs) / 1_000_000,
      pictures: this.pictures,
      bytes: this.bytes,
      skipped: this.skipped,
      resyncs: this.resyncs,
      delay: delayUs === undefined ? undefined : delayUs / 1_000_000,
    };
  }

  protected countSent(pictures: number, bytes: number): void {
    const { totals } = this.camera;
    this.pictures += pictures;
    this.bytes += bytes;
    totals.pictures += pictures;
    totals.bytes += bytes;
  }

  protected countSkipped(): void {
    this.skipped += 1;
    this.camera.totals.skipped += 1;
  }

  protected countResync(): void {
    this.resyncs += 1;
    this.camera.totals.resyncs += 1;
  }
}
