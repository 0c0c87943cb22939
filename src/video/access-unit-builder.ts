import type { AccessUnit, Picture } from './access-unit.js';
import { isFirstSlice, isVcl, nalBytes, nalType, NalType, nalUnits } from './nal.js';
import { ParameterSets } from './parameter-sets.js';
import { isBSlice } from './reordering.js';
import { Timeline } from './timeline.js';

/**
 * Turns pictures into access units, once for all viewers: keeps the newest parameter sets, makes them say that pictures
 * are not reordered where that is so, and puts them in front of every IDR; counts, gives times on the monotonic clock,
 * and hands out nothing that cannot be decoded: after a loss it waits for the next IDR.
 */
export class AccessUnitBuilder {
  private readonly timeline: Timeline;
  private sets = new ParameterSets(false);
  private sequence = 0;
  private lastTimestampUs: number | undefined;
  private waitingForKey = true;
  private discontinuity = false;

  /** @param framerate nominal pictures per second; only the first picture's duration follows from it */
  constructor(framerate: number) {
    this.timeline = new Timeline(Math.round(1_000_000 / framerate));
  }

  /**
   * A new camera process begins: its clock and its parameter sets are its own.
   *
   * @param options.reorders whether its program may write B slices. If it does and that was not said, viewers learn it
   *   with the first IDR after a B slice.
   */
  restart({ reorders = false }: { readonly reorders?: boolean } = {}): void {
    this.timeline.restart();
    this.sets = new ParameterSets(reorders);
    this.lose();
  }

  /** Pictures were lost: what follows cannot be decoded before the next IDR. */
  lose(): void {
    this.waitingForKey = true;
    this.discontinuity = this.sequence > 0;
  }

  /** Parameter sets that come beside the pictures (the AVC sequence header of FLV); NAL units without start codes. */
  setParameterSets(sets: readonly Buffer[]): void {
    if (sets.some((set) => set.length > 0 && nalType(set.readUInt8(0)) === NalType.sps))
      this.sets.adopt(sets);
  }

  /** @returns the access unit, or nothing while an IDR with its parameter sets has yet to come */
  build(picture: Picture): AccessUnit | undefined {
    const head = readHead(picture.data);
    if (head.hasSps) this.sets.adopt(head.parameterSets);
    if (head.key) this.sets.refresh();
    if (head.isB) this.sets.sawReordering();
    const time = this.timeline.next(picture.cameraUs, picture.arrivedAtUs);
    const { format } = this.sets;
    if (head.hasSlices && !head.fromFirstSlice) {
      this.lose();
      return undefined;
    }
    if (!format || !head.hasSlices || (this.waitingForKey && !head.key)) return undefined;

    const unit: AccessUnit = {
      data: this.normalised(picture.data, head, format.parameterSets),
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

  /**
   * The bytes of a picture with the parameter sets that are handed out: in place of its own, or in front of an IDR that
   * has none. Any other picture is not copied.
   */
  private normalised(picture: Buffer, head: Head, parameterSets: Buffer): Buffer {
    if (!head.hasSps) return head.key ? Buffer.concat([parameterSets, picture]) : picture;
    const parts: Buffer[] = [];
    let end = 0;
    head.parameterSets.forEach((own, i) => {
      const set = this.sets.handedOut[i] ?? own;
      if (set.equals(own)) return;
      const begin = own.byteOffset - picture.byteOffset;
      parts.push(picture.subarray(end, begin), set);
      end = begin + own.length;
    });
    return parts.length === 0 ? picture : Buffer.concat([...parts, picture.subarray(end)]);
  }
}

/** What stands in front of a picture's first slice, and of which kind that slice is. */
interface Head {
  /** NAL units without start codes; parts of the picture's own memory. */
  readonly parameterSets: readonly Buffer[];
  readonly hasSps: boolean;
  readonly key: boolean;
  readonly hasSlices: boolean;
  /** Whether the picture's first slice is there: without it this is the rest of a picture that was cut in two. */
  readonly fromFirstSlice: boolean;
  /** Whether the first slice is a B slice. Programs code all slices of a picture alike. */
  readonly isB: boolean;
}

function readHead(picture: Buffer): Head {
  const parameterSets: Buffer[] = [];
  let hasSps = false;
  for (const unit of nalUnits(picture)) {
    if (isVcl(unit.type)) {
      const fromFirstSlice = isFirstSlice(picture[unit.begin + 1] ?? 0);
      const key = unit.type === NalType.idrSlice;
      const isB = isBSlice(picture.subarray(unit.begin));
      return { parameterSets, hasSps, key, hasSlices: true, fromFirstSlice, isB };
    }
    if (unit.type !== NalType.sps && unit.type !== NalType.pps) continue;
    parameterSets.push(nalBytes(picture, unit));
    if (unit.type === NalType.sps) hasSps = true;
  }
  return { parameterSets, hasSps, key: false, hasSlices: false, fromFirstSlice: false, isB: false };
}
