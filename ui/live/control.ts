/**
 * Keeps the playhead near the live edge. A browser that had to wait never catches up by itself: one hiccup of
 * 300 ms would stay as 300 ms of delay for ever.
 */

/** Normal distance between playhead and newest picture, s: two pictures of 30 fps. */
const TARGET_S = 0.07;
/** Beyond the target by this much it is quicker to jump than to run, s. */
const SEEK_BEYOND_S = 0.23;
/** Two jumps are at least this far apart, ms; a jump needs time to take effect. */
const SEEK_COOLDOWN_MS = 500;
/** Not worth running faster for less, s: the gap swings by about a picture anyway. */
const DEAD_BAND_S = 0.03;
/** The rate exceeds 1 by this much for every second of excess gap. */
const RATE_PER_SECOND = 4;
const FASTEST_RATE = 2;
/** Rates are multiples of this, so that the element is not given a new rate ten times a second. */
const RATE_STEP = 0.1;

export interface Situation {
  /** The end of what is buffered minus the playhead, s. */
  readonly gapS: number;
  /** How long a picture lasts, s. The gap of a slow camera swings by that much. */
  readonly pictureS: number;
  /** From {@link Underruns}, s. */
  readonly marginS: number;
  /** Time since the last jump, ms. */
  readonly sinceSeekMs: number;
  /** See {@link mayChangeRate}. */
  readonly mayChangeRate: boolean;
}

export type Action =
  | { readonly do: 'seek'; /** This far before the end of the buffer, s. */ readonly beforeEndS: number }
  | { readonly do: 'rate'; readonly rate: number };

/** What to do now, decided anew every 100 ms. */
export function control(situation: Situation): Action {
  const { gapS, pictureS } = situation;
  const targetS = Math.max(TARGET_S, 1.5 * pictureS) + situation.marginS;
  if (gapS > targetS + Math.max(SEEK_BEYOND_S, 2 * pictureS)) {
    if (situation.sinceSeekMs >= SEEK_COOLDOWN_MS) return { do: 'seek', beforeEndS: targetS };
  }
  const excessS = gapS - targetS;
  if (!situation.mayChangeRate || excessS < Math.max(DEAD_BAND_S, pictureS / 2))
    return { do: 'rate', rate: 1 };
  const rate = Math.min(FASTEST_RATE, 1 + excessS * RATE_PER_SECOND);
  return { do: 'rate', rate: Math.round(rate / RATE_STEP) * RATE_STEP };
}

/**
 * Not in WebKit, that is in Safari and in every browser on an iPhone or iPad: each change of the rate disturbs its
 * pipeline (measured: ten times the delay), so there the playhead only jumps.
 */
export function mayChangeRate(userAgent: string): boolean {
  return !userAgent.includes('AppleWebKit/') || userAgent.includes('Chrome/');
}

const MARGIN_STEP_S = 0.01;
const MARGIN_LARGEST_S = 0.25 - TARGET_S;
/** The margin halves in this time, ms. */
const MARGIN_HALF_LIFE_MS = 10_000;

/** Each time the picture had to wait for the network the distance grows by 10 ms, up to 250 ms; it decays again. */
export class Underruns {
  #marginS = 0;
  #atMs = 0;

  marginS(nowMs: number): number {
    this.#marginS *= 0.5 ** (Math.max(0, nowMs - this.#atMs) / MARGIN_HALF_LIFE_MS);
    this.#atMs = nowMs;
    return this.#marginS;
  }

  happened(nowMs: number): void {
    this.#marginS = Math.min(MARGIN_LARGEST_S, this.marginS(nowMs) + MARGIN_STEP_S);
  }
}
