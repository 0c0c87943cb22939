import type { VideoFormat } from './access-unit.js';
import { longStartCode, nalType, NalType } from './nal.js';
import { provesDecodingOrder } from './reordering.js';
import { parseSps } from './sps.js';
import { withoutReordering } from './sps-rewrite.js';

/**
 * The newest parameter sets of one camera process. While its stream is not known to reorder pictures, what is handed
 * out says that it does not: see {@link withoutReordering}.
 */
export class ParameterSets {
  private current: VideoFormat | undefined;
  private original: readonly Buffer[] = [];
  private sent: readonly Buffer[] = [];
  /** Whether `sent` was made before the stream was seen to reorder. */
  private outdated = false;

  /** @param reorders whether the camera program may write B slices */
  constructor(private reorders: boolean) {}

  /** How the stream is coded; nothing while no parameter sets have come that can be read. */
  get format(): VideoFormat | undefined {
    return this.current;
  }

  /** The sets to be handed out, in the order of those that were adopted; the same buffers where nothing differs. */
  get handedOut(): readonly Buffer[] {
    return this.sent;
  }

  /** Takes parameter sets, which may be the same as before; NAL units without start codes. */
  adopt(sets: readonly Buffer[]): void {
    const same =
      sets.length === this.original.length && sets.every((set, i) => this.original[i]?.equals(set));
    if (same) return;
    // Copies: the sets may be parts of a picture, which must not be kept for their sake.
    this.original = sets.map((set) => Buffer.from(set));
    this.normalise();
  }

  /** A picture was seen that may be reordered: from the next IDR on, the sets are handed out as they came. */
  sawReordering(): void {
    if (this.reorders) return;
    this.reorders = true;
    this.outdated = true;
  }

  /** An IDR begins: what is handed out may change. */
  refresh(): void {
    if (this.outdated) this.normalise();
  }

  private normalise(): void {
    this.sent = this.original.map((set) => this.inOrder(set));
    this.outdated = false;
    const parameterSets = Buffer.concat(this.sent.flatMap((set) => [longStartCode, set]));
    if (this.current?.parameterSets.equals(parameterSets)) return;
    const sps = this.sent.findLast(isSps);
    const info = sps && parseSps(sps);
    this.current = info && { ...info, parameterSets };
  }

  private inOrder(set: Buffer): Buffer {
    const known = isSps(set) && (!this.reorders || provesDecodingOrder(set));
    return known ? withoutReordering(set) : set;
  }
}

function isSps(set: Buffer): boolean {
  return set.length > 0 && nalType(set.readUInt8(0)) === NalType.sps;
}
