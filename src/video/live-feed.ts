import type { CameraState } from '../shared/camera-state.js';
import type { Cancel, Clock } from '../shared/clock.js';
import type { AccessUnit } from './access-unit.js';
import { GopCache } from './gop-cache.js';
import { StreamMeter } from './stream-meter.js';

/** Whoever watches a camera. Its methods must not throw and must not wait. */
export interface Subscriber {
  accessUnit(unit: AccessUnit): void;
  state(state: CameraState): void;
}

/** What a live feed needs of its camera. */
export interface FeedSource {
  start(): void;
  stop(): void;
}

export interface LiveFeedOptions {
  /** `always`: the camera runs from {@link LiveFeed.open} on. `onDemand`: from the first subscriber on. */
  readonly mode: 'onDemand' | 'always';
  /** How long the camera goes on when the last subscriber has left, in ms. */
  readonly lingerMs: number;
  readonly source: FeedSource;
  readonly clock: Clock;
}

/** The hub of one camera: starts it when somebody watches, and hands each access unit to everybody in the same turn. */
export class LiveFeed {
  readonly meter = new StreamMeter();
  private readonly cache = new GopCache();
  private readonly subscribers = new Set<Subscriber>();
  private current: CameraState = { state: 'stopped' };
  private running = false;
  private troubled = false;
  private cancelLinger: Cancel | undefined;
  private lingerUntilUs = 0;

  constructor(private readonly options: LiveFeedOptions) {}

  /** The newest IDR and all pictures since; empty while the camera does not stream. */
  get gop(): readonly AccessUnit[] {
    return this.cache.units;
  }

  get state(): CameraState {
    return this.current;
  }

  /** Whether the camera has been started, for whomever, and not been stopped. */
  get isRunning(): boolean {
    return this.running;
  }

  /** Whether the camera has stopped by itself and has not delivered a picture since. */
  get inTrouble(): boolean {
    return this.troubled;
  }

  /** Starts a camera that is always on. */
  open(): void {
    if (this.options.mode === 'always') this.start();
  }

  /**
   * @param lingers whether the camera goes on for the linger time when this subscriber has left as the last one;
   *   somebody who only takes a picture does not make it
   * @returns ends the subscription; safe to call twice
   */
  subscribe(subscriber: Subscriber, lingers = true): () => void {
    this.subscribers.add(subscriber);
    this.cancelLinger?.();
    this.cancelLinger = undefined;
    this.start();
    return () => {
      if (!this.subscribers.delete(subscriber)) return;
      const { clock, lingerMs } = this.options;
      if (lingers) this.lingerUntilUs = clock.nowUs() + lingerMs * 1000;
      if (this.subscribers.size === 0) this.linger();
    };
  }

  publish(unit: AccessUnit): void {
    this.troubled = false;
    this.cache.push(unit);
    this.meter.push(unit);
    for (const subscriber of this.subscribers) subscriber.accessUnit(unit);
  }

  setState(state: CameraState): void {
    this.current = state;
    if (state.state === 'recovering' || state.state === 'failed') this.troubled = true;
    if (state.state !== 'streaming') this.cache.clear();
    for (const subscriber of this.subscribers) subscriber.state(state);
  }

  /** Stops the camera and forgets everybody. */
  close(): void {
    this.cancelLinger?.();
    this.subscribers.clear();
    this.stop();
  }

  private linger(): void {
    if (this.options.mode === 'always') return;
    const { clock } = this.options;
    const leftMs = Math.max(0, this.lingerUntilUs - clock.nowUs()) / 1000;
    this.cancelLinger = clock.after(leftMs, () => this.stop());
  }

  private start(): void {
    if (this.running) return;
    this.running = true;
    this.options.source.start();
  }

  private stop(): void {
    if (!this.running) return;
    this.running = false;
    this.options.source.stop();
  }
}
