import { timescale } from './track.js';

/** What a 32-bit duration can say: 13 hours. */
const longestTicks = 0xffff_ffff;

/**
 * Times of one recording or one viewer, in ticks of the {@link timescale} since its first picture.
 *
 * Each is computed from the true time on its own, so roundings never add up: every one is right to half a tick, after
 * 40 days as after a second (ticks are exact in a number up to 2^53, which is 3000 years). Access units are at least a
 * millisecond, 90 ticks, apart, so the decode times of a camera grow strictly.
 */
export class Mp4Timeline {
  /** @param originUs `timestampUs` of the first picture: its decode time is 0 */
  constructor(private readonly originUs: number) {}

  /** Decode time of a picture, which is also when to show it: cameras here write no B pictures. */
  decodeTime(timestampUs: number): number {
    return Math.max(0, toTicks(timestampUs - this.originUs));
  }

  /**
   * Durations of consecutive pictures: the distance to the next one. Nobody knows how long the newest stays: it gets
   * as long as the one before it did. The next fragment has its own decode time, so that an error does not live on.
   */
  durations(units: readonly { readonly timestampUs: number; readonly durationUs: number }[]): number[] {
    return units.map(({ timestampUs, durationUs }, i) => {
      const next = units[i + 1];
      const ticks = next
        ? this.decodeTime(next.timestampUs) - this.decodeTime(timestampUs)
        : toTicks(durationUs);
      return Math.min(Math.max(1, ticks), longestTicks);
    });
  }
}

/** The product is exact and rounded once. */
function toTicks(us: number): number {
  return Math.round((us * (timescale / 10_000)) / 100);
}
