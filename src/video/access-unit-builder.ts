import type { AccessUnit, Picture, VideoFormat } from './access-unit.js';
import { isFirstSlice, isVcl, longStartCode, nalBytes, NalType, nalUnits } from './nal.js';
import { parseSps } from './sps.js';
import { Timeline } from './timeline.js';

/**
 * Turns pictures into access units, once for all viewers: keeps the newest parameter sets and puts them in front of
 * every IDR, counts, gives times on the monotonic clock, and hands out nothing that cannot be decoded: after a loss it
 * waits for the next IDR.
 */
export class AccessUnitBuilder {
  private readonly timeline: Timeline;
  private format: VideoFormat | undefined;
  private sequence = 0;
  private lastTimestampUs: number | undefined;
  private waitingForKey = true;
  private discontinuity = false;

  /** @param framerate nominal pictures per second; only the first picture's duration follows from it */
  constructor(framerate: number) {
    this.timeline = new Timeline(Math.round(1_000_000 / framerate));
  }

  /** A new camera process begins: its clock and its parameter sets are its own. */
  restart(): void {
    this.timeline.restart();
    this.format = undefined;
    this.lose();
  }

  /** Pictures were lost: what follows cannot be decoded before the next IDR. */
  lose(): void {
    this.waitingForKey = true;
    this.discontinuity = this.sequence > 0;
  }

  /** Parameter sets that come beside the pictures (the AVC sequence header of FLV); NAL units without start codes. */
  setParameterSets(sets: readonly Buffer[]): void {
    const sps = sets.find((set) => set.length > 0 && (set.readUInt8(0) & 0x1f) === NalType.sps);
    if (sps) this.adopt(sps, sets);
  }

  /** @returns the access unit, or nothing while an IDR with its parameter sets has yet to come */
  build(picture: Picture): AccessUnit | undefined {
    const head = readHead(picture.data);
    if (head.sps) this.adopt(head.sps, head.parameterSets);
    const time = this.timeline.next(picture.cameraUs, picture.arrivedAtUs);
    const { format } = this;
    if (head.hasSlices && !head.fromFirstSlice) {
      this.lose();
      return undefined;
    }
    if (!format || !head.hasSlices || (this.waitingForKey && !head.key)) return undefined;

    const complete = !head.key || head.sps !== undefined;
    const unit: AccessUnit = {
      data: complete ? picture.data : Buffer.concat([format.parameterSets, picture.data]),
      key: head.key,
      discontinuity: this.discontinuity,
      sequence: this.sequence,
      timestampUs: time.timestampUs,
      // Pictures that were not handed out have passed as well.
      durationUs:
        this.lastTimestampUs === undefined ? time.durationUs : time.timestampUs - this.lastTimestampUs,
      arrivedAtUs: picture.arrivedAtUs,
      format,
    };
    this.sequence += 1;
    this.lastTimestampUs = time.timestampUs;
    this.waitingForKey = false;
    this.discontinuity = false;
    return unit;
  }

  private adopt(sps: Buffer, sets: readonly Buffer[]): void {
    const parameterSets = Buffer.concat(sets.flatMap((set) => [longStartCode, set]));
    if (this.format?.parameterSets.equals(parameterSets)) return;
    const info = parseSps(sps);
    this.format = info && { ...info, parameterSets };
  }
}

/** What stands in front of a picture's first slice, and of which kind that slice is. */
function readHead(picture: Buffer): {
  sps: Buffer | undefined;
  parameterSets: Buffer[];
  key: boolean;
  hasSlices: boolean;
  /** Whether the picture's first slice is there: without it this is the rest of a picture that was cut in two. */
  fromFirstSlice: boolean;
} {
  let sps: Buffer | undefined;
  const parameterSets: Buffer[] = [];
  for (const unit of nalUnits(picture)) {
    if (isVcl(unit.type)) {
      const fromFirstSlice = isFirstSlice(picture[unit.begin + 1] ?? 0);
      return { sps, parameterSets, key: unit.type === NalType.idrSlice, hasSlices: true, fromFirstSlice };
    }
    if (unit.type !== NalType.sps && unit.type !== NalType.pps) continue;
    const bytes = nalBytes(picture, unit);
    parameterSets.push(bytes);
    if (unit.type === NalType.sps) sps = bytes;
  }
  return { sps, parameterSets, key: false, hasSlices: false, fromFirstSlice: false };
}
