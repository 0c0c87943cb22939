import { quantile } from '../statistics.js';
import type { Arrival, GroupReport, Integrity, PictureArrival } from './messages.js';

/** Pictures whose bytes are kept to compare with: more than any viewer is behind. */
const keptReferences = 300;

export interface ReceivedPicture {
  readonly picture: number;
  readonly key: boolean;
  readonly length: number;
  readonly crc: number;
  /** Only of viewers that compare every byte. */
  readonly bytes: Buffer | undefined;
  readonly arrivedUs: number;
  readonly timestampUs: number | undefined;
}

interface Reference {
  readonly length: number;
  readonly crc: number;
  bytes: Buffer | undefined;
}

/** Pictures as the first viewer of any group got them. */
export class References {
  private readonly kept = new Map<number, Reference>();

  /** @returns whether a picture is what others got; the first one always is */
  agrees({ picture, length, crc, bytes }: ReceivedPicture): boolean {
    const known = this.kept.get(picture);
    if (!known) {
      this.kept.set(picture, { length, crc, bytes });
      this.kept.delete(picture - keptReferences);
      return true;
    }
    const same = known.length === length && known.crc === crc;
    if (known.bytes && bytes && !known.bytes.equals(bytes)) return false;
    known.bytes ??= bytes;
    return same;
  }
}

/** Notes what the viewers of a group receive. */
export class Recorder {
  ended = 0;
  width: number | undefined;
  readonly joinsMs: number[] = [];
  private readonly integrity: Integrity = { received: 0, lost: 0, duplicate: 0, corrupt: 0, undecodable: 0 };
  private readonly arrivals: Arrival[] = [];
  private readonly arrivedUs = new Map<number, number[]>();

  /** @param keepsTimes whether {@link report} has pictures; in a soak they would only pile up */
  constructor(
    private readonly references: References,
    private readonly keepsTimes: boolean,
  ) {}

  /**
   * @param previous number of the picture before it on the same connection
   * @param isFirstViewer of the group
   */
  received(picture: ReceivedPicture, previous: number | undefined, isFirstViewer: boolean): void {
    const { integrity } = this;
    integrity.received += 1;
    if (!this.references.agrees(picture)) integrity.corrupt += 1;
    const step = previous === undefined ? 1 : picture.picture - previous;
    if (step < 1) integrity.duplicate += 1;
    if (step > 1) integrity.lost += step - 1;
    if ((previous === undefined || step > 1) && !picture.key) integrity.undecodable += 1;
    if (!this.keepsTimes) return;
    const { picture: number, arrivedUs, timestampUs } = picture;
    if (isFirstViewer) this.arrivals.push({ picture: number, arrivedUs, timestampUs });
    const known = this.arrivedUs.get(number);
    if (known) known.push(arrivedUs);
    else this.arrivedUs.set(number, [arrivedUs]);
  }

  report(): GroupReport {
    const pictures = [...this.arrivedUs].map(([picture, times]): PictureArrival => {
      const lastUs = times.reduce((a, b) => Math.max(a, b), 0);
      return { picture, viewers: times.length, lastUs, medianUs: quantile(times, 0.5) };
    });
    const { integrity, arrivals, joinsMs, ended, width } = this;
    return { integrity, pictures, arrivals, joinsMs, ended, width };
  }
}
