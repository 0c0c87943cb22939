/** What gets a standing picture moving again, mildest first. */
export type Remedy = 'none' | 'play' | 'seek' | 'rebuild';

const PLAY_AFTER_MS = 1000;
const SEEK_AFTER_MS = 2000;
const REBUILD_AFTER_MS = 3000;
/** A decoder that has never shown anything may be a slow one that is just starting. */
const FIRST_REBUILD_AFTER_MS = 8000;
/** Without a picture for this time it is the stream that stands. */
const ARRIVING_WITHIN_MS = 1000;
/** Smaller steps of the playhead are rounding, s. */
const STEP_S = 0.005;

/**
 * Notices that pictures arrive and the playhead stands, and climbs a ladder: play, jump to the end, and at last a new
 * element and a new muxer (jmuxer's own reset leaves Firefox and WebKit paused and seconds behind).
 */
export class Watchdog {
  #playheadS = 0;
  #progressAtMs: number | undefined;
  /** Since when the playhead has had reason to move, ms. */
  #sinceMs: number;
  #tried: Remedy = 'none';

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** When the playhead last moved by itself, ms; `undefined` if it never did. */
  get progressAtMs(): number | undefined {
    return this.#progressAtMs;
  }

  /** The playhead was put there: that is no progress. */
  jumped(playheadS: number): void {
    this.#playheadS = playheadS;
  }

  /**
   * What to do now; each step is named once per standstill. `pictureAtMs` is when the last picture was fed,
   * `pictureMs` how long a picture lasts: a camera of one picture a second does not stand between two of them.
   */
  check(nowMs: number, playheadS: number, pictureAtMs: number, pictureMs: number): Remedy {
    const patience = Math.max(1, (3 * pictureMs) / PLAY_AFTER_MS);
    const moved = playheadS > this.#playheadS + STEP_S;
    if (moved) this.#progressAtMs = nowMs;
    if (moved || nowMs - pictureAtMs >= ARRIVING_WITHIN_MS * patience) {
      this.#playheadS = playheadS;
      this.#sinceMs = nowMs;
      this.#tried = 'none';
      return 'none';
    }
    const due = this.#due((nowMs - this.#sinceMs) / patience);
    if (due === this.#tried) return 'none';
    this.#tried = due;
    return due;
  }

  #due(standingMs: number): Remedy {
    const rebuildAfterMs = this.#progressAtMs === undefined ? FIRST_REBUILD_AFTER_MS : REBUILD_AFTER_MS;
    if (standingMs >= rebuildAfterMs) return 'rebuild';
    if (standingMs >= SEEK_AFTER_MS) return 'seek';
    return standingMs >= PLAY_AFTER_MS ? 'play' : 'none';
  }
}
