import { Underruns, control } from './control.js';
import { DurationCarry } from './durations.js';
import { trimEndS } from './trim.js';
import { Watchdog } from './watchdog.js';
import type { Picture } from './wire.js';

export interface PlayerEvents {
  /** Pictures may be fed from now on. */
  ready(): void;
  /** This player is beyond help: make another one. */
  broken(): void;
  /** The browser cannot decode what the camera sends. */
  unsupported(): void;
}

/** Asks jmuxer not to chase the live edge by itself: its own chase undoes a pause and jumps at 500 ms only. */
const NEVER_MS = 1e9;
const TRIM_EVERY_MS = 10_000;
/** A jump or a build makes the element wait; that is no underrun. */
const SETTLE_MS = 1000;
/** A playhead that has not moved for so long stands, ms; a slow camera's pictures last longer, see there. */
const STANDS_AFTER_MS = 1500;

/** One `<video>` with one jmuxer, from its first picture to its first error. All times in ms of `performance.now()`. */
export class Player {
  readonly #events: PlayerEvents;
  readonly #mayChangeRate: boolean;
  readonly #video = document.createElement('video');
  readonly #jmuxer: JMuxer;
  readonly #listening = new AbortController();
  readonly #durations = new DurationCarry();
  readonly #underruns = new Underruns();
  readonly #watchdog = new Watchdog(performance.now());
  #sourceBuffer: SourceBuffer | undefined;
  #ready = false;
  #broken = false;
  #forbidden = false;
  /** The end of what was fed, on the media line. */
  #fedMs = 0;
  #fedAtMs = -Infinity;
  #pictureMs = 33;
  #keysS: number[] = [];
  #catchUpAtMs: number | undefined;
  #soughtAtMs = performance.now();
  #trimmedAtMs = performance.now();

  /** The element goes into `stage`, in place of what is there. */
  constructor(stage: Element, mayChangeRate: boolean, events: PlayerEvents) {
    this.#events = events;
    this.#mayChangeRate = mayChangeRate;
    const video = this.#video;
    video.muted = true;
    video.autoplay = true;
    video.playsInline = true;
    video.disableRemotePlayback = true;
    stage.replaceChildren(video);
    this.#on(video, 'error', () => this.#break());
    this.#on(video, 'ended', () => this.#break());
    this.#on(video, 'playing', () => (this.#forbidden = false));
    this.#on(video, 'waiting', () => {
      const now = performance.now();
      if (now - this.#soughtAtMs > SETTLE_MS) this.#underruns.happened(now);
    });
    this.#jmuxer = new JMuxer({
      node: video,
      mode: 'video',
      flushingTime: 0,
      maxDelay: NEVER_MS,
      fps: 30,
      live: true,
      clearBuffer: false,
      onReady: (_isReset, mediaSource) => this.#opened(mediaSource),
      // jmuxer is in the middle of resetting itself: the next tick replaces it.
      onError: () => (this.#broken = true),
      onUnsupportedCodec: () => events.unsupported(),
    });
  }

  /** Whether pictures may be fed; what is fed before leaves jmuxer 2.1.1 black for ever. */
  get ready(): boolean {
    return this.#ready;
  }

  get fed(): boolean {
    return this.#fedMs > 0;
  }

  /** Whether there is a picture to be seen, moving or not. */
  get showsPicture(): boolean {
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  get picture(): 'none' | 'moving' | 'standing' | 'forbidden' {
    const { progressAtMs } = this.#watchdog;
    if (this.#forbidden) return 'forbidden';
    if (progressAtMs === undefined || !this.showsPicture) return 'none';
    const patienceMs = Math.max(STANDS_AFTER_MS, 3 * this.#pictureMs);
    return performance.now() - progressAtMs < patienceMs ? 'moving' : 'standing';
  }

  /** Names the picture for those who cannot see it. */
  label(text: string): void {
    this.#video.setAttribute('aria-label', text);
  }

  feed(picture: Picture): void {
    if (!this.#ready || this.#broken) return;
    const duration = this.#durations.next(picture);
    if (picture.key) this.#keysS.push(this.#fedMs / 1000);
    this.#fedMs += duration;
    this.#fedAtMs = performance.now();
    this.#pictureMs += (duration - this.#pictureMs) / 8;
    this.#jmuxer.feed({ video: picture.data, duration, isLastVideoFrameComplete: true });
    this.#hookSourceBuffer();
  }

  /** What is fed next comes from another connection. */
  beginConnection(): void {
    this.#durations.reset();
    this.#catchUpAtMs = undefined;
  }

  /** What was fed so far is in the past: show the last of it as soon as it is there. */
  catchUp(): void {
    if (this.fed) this.#catchUpAtMs = this.#fedMs;
    this.#catchUpIfAppended();
  }

  /** Also on a touch or a click, where the browser wants one. */
  play(): void {
    this.#video.play().catch((error: unknown) => {
      // Every other reason (a newer load, a removed element) resolves itself.
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#forbidden = true;
    });
  }

  /** To be called every 100 ms; `timeupdate` comes once a second in Safari. */
  tick(): void {
    if (this.#broken) {
      this.#break();
      return;
    }
    const now = performance.now();
    const remedy = this.#watchdog.check(now, this.#video.currentTime, this.#fedAtMs, this.#pictureMs);
    if (remedy === 'rebuild') {
      this.#break();
      return;
    }
    if (remedy === 'play') this.play();
    if (remedy === 'seek') this.#seek(this.#pictureMs / 1000);
    this.#keepNearTheEdge(now);
    this.#trim(now);
  }

  destroy(): void {
    this.#listening.abort();
    this.#ready = false;
    this.#jmuxer.destroy();
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video.remove();
  }

  #opened(mediaSource: MediaSource | null): void {
    if (!mediaSource || this.#listening.signal.aborted) return;
    // Safari otherwise derives a growing duration, and at the live edge it ends, pauses and rewinds.
    mediaSource.duration = Infinity;
    this.#on(mediaSource, 'sourceclose', () => this.#break());
    this.#ready = true;
    // The attribute alone starts Firefox and WebKit three seconds late, and leaves them there.
    this.play();
    this.#events.ready();
  }

  #break(): void {
    if (this.#listening.signal.aborted) return;
    this.#listening.abort();
    this.#ready = false;
    this.#events.broken();
  }

  #on(target: EventTarget, type: string, handle: () => void): void {
    target.addEventListener(type, handle, { signal: this.#listening.signal });
  }

  /** jmuxer appends only when it is fed: a picture that met a busy buffer would wait for the next one. */
  #hookSourceBuffer(): void {
    if (this.#sourceBuffer) return;
    this.#sourceBuffer = this.#jmuxer.bufferControllers?.video?.sourceBuffer;
    if (!this.#sourceBuffer) return;
    this.#on(this.#sourceBuffer, 'updateend', () => {
      if (this.#broken) return;
      this.#jmuxer.releaseBuffer();
      this.#catchUpIfAppended();
    });
  }

  #bufferedEndS(): number | undefined {
    const { buffered } = this.#video;
    return buffered.length > 0 ? buffered.end(buffered.length - 1) : undefined;
  }

  #catchUpIfAppended(): void {
    const endS = this.#bufferedEndS();
    if (this.#catchUpAtMs === undefined || endS === undefined || endS * 1000 < this.#catchUpAtMs - 1) return;
    this.#catchUpAtMs = undefined;
    this.#seek(this.#pictureMs / 1000);
  }

  #keepNearTheEdge(now: number): void {
    const endS = this.#bufferedEndS();
    if (endS === undefined || this.#video.seeking) return;
    const { progressAtMs = 0 } = this.#watchdog;
    const action = control({
      gapS: endS - this.#video.currentTime,
      pictureS: this.#pictureMs / 1000,
      marginS: this.#underruns.marginS(now),
      // A decoder that has shown nothing since the last jump needs time, not another jump.
      sinceSeekMs: progressAtMs > this.#soughtAtMs ? now - this.#soughtAtMs : 0,
      mayChangeRate: this.#mayChangeRate,
    });
    if (action.do === 'seek') this.#seek(action.beforeEndS);
    else if (this.#video.playbackRate !== action.rate) this.#video.playbackRate = action.rate;
  }

  #seek(beforeEndS: number): void {
    const endS = this.#bufferedEndS();
    if (endS === undefined) return;
    const toS = Math.max(0, endS - beforeEndS);
    this.#video.currentTime = toS;
    this.#video.playbackRate = 1;
    this.#soughtAtMs = performance.now();
    this.#watchdog.jumped(toS);
  }

  #trim(now: number): void {
    if (now - this.#trimmedAtMs < TRIM_EVERY_MS || !this.#sourceBuffer || this.#sourceBuffer.updating) return;
    this.#trimmedAtMs = now;
    const endS = trimEndS(this.#keysS, this.#video.currentTime);
    if (endS === undefined) return;
    this.#keysS = this.#keysS.filter((keyS) => keyS > endS);
    this.#sourceBuffer.remove(0, endS);
  }
}
