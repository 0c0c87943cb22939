import type { AccessUnit } from './access-unit.js';

/** Pictures that are looked back on, and for how long at most. */
const maxUnits = 600;
const windowUs = 5_000_000;

/** What a stream is like, over the last five seconds. */
export interface StreamFigures {
  /** Pictures per second. */
  readonly fps: number;
  /** Bits per second. */
  readonly bitrate: number;
  /** Seconds between the last two key frames; nothing before the second one. */
  readonly keyFrameInterval: number | undefined;
  readonly codec: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** Measures a stream by its pictures. */
export class StreamMeter {
  private units: { readonly atUs: number; readonly bytes: number }[] = [];
  private newest: AccessUnit | undefined;
  private keyUs: number | undefined;
  private keyIntervalUs: number | undefined;

  push(unit: AccessUnit): void {
    this.newest = unit;
    this.units.push({ atUs: unit.arrivedAtUs, bytes: unit.data.length });
    if (this.units.length > maxUnits) this.units = this.units.slice(-maxUnits / 2);
    if (!unit.key) return;
    if (this.keyUs !== undefined && !unit.discontinuity) this.keyIntervalUs = unit.timestampUs - this.keyUs;
    this.keyUs = unit.timestampUs;
  }

  /** Until the next key frame is expected, in µs; nothing before the second one. */
  untilKeyUs(nowUs: number): number | undefined {
    if (this.keyUs === undefined || this.keyIntervalUs === undefined) return undefined;
    return Math.max(0, this.keyUs + this.keyIntervalUs - nowUs);
  }

  figures(nowUs: number): StreamFigures {
    const recent = this.units.filter(({ atUs }) => nowUs - atUs < windowUs);
    const [first] = recent;
    const last = recent.at(-1);
    // The first one only marks the beginning.
    const seconds = Math.max(0.001, ((last?.atUs ?? 0) - (first?.atUs ?? 0)) / 1_000_000);
    const bytes = recent.slice(1).reduce((sum, unit) => sum + unit.bytes, 0);
    const { format } = this.newest ?? {};
    return {
      fps: Math.max(0, recent.length - 1) / seconds,
      bitrate: (bytes * 8) / seconds,
      keyFrameInterval: this.keyIntervalUs === undefined ? undefined : this.keyIntervalUs / 1_000_000,
      codec: format?.codec,
      width: format?.width,
      height: format?.height,
    };
  }
}
