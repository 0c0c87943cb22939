import type { Picture } from './wire.js';

/** jmuxer takes whole milliseconds and silently drops a picture of 0 ms (jmuxer 2.1.1, remuxer/h264.js). */
const SHORTEST_MS = 1;
/** A hole in the pictures is not a picture of that length: the media line must not grow by it. */
const LONGEST_MS = 1000;

/**
 * Turns the pictures' timestamps into the whole milliseconds jmuxer wants. The rounding error is carried, so that
 * the sum follows the camera's true time: with a constant 33 ms for 30 fps the media line is 1 % too short, and the
 * playhead starves all the time.
 */
export class DurationCarry {
  #previousUs: number | undefined;
  /** What true time is ahead of the milliseconds given so far, µs. */
  #owedUs = 0;

  /** How long the given picture lasts on the media line, whole ms, 1 to 1000. */
  next(picture: Pick<Picture, 'timestampUs' | 'durationUs'>): number {
    const sinceUs =
      this.#previousUs === undefined ? picture.durationUs : picture.timestampUs - this.#previousUs;
    this.#previousUs = picture.timestampUs;
    // A clock that stood, ran back or jumped: the picture gets a bounded length, and nothing of it is carried.
    if (sinceUs <= 0 || sinceUs > LONGEST_MS * 1000) {
      this.#owedUs = 0;
      return sinceUs <= 0 ? SHORTEST_MS : LONGEST_MS;
    }
    this.#owedUs += sinceUs;
    const ms = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.round(this.#owedUs / 1000)));
    this.#owedUs -= ms * 1000;
    return ms;
  }

  /** Another connection may begin at an earlier picture. */
  reset(): void {
    this.#previousUs = undefined;
    this.#owedUs = 0;
  }
}
