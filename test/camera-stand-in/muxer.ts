import type { Clip, ClipPicture } from './clip.js';
import { joinNals } from './h264.js';

/** The times of a picture in µs since the start of the stream. */
export interface PictureTimes {
  readonly decoded: number;
  readonly shown: number;
}

/** A libav output format on a pipe. */
export interface Muxer {
  /** What comes before the first picture. */
  header(): Buffer;
  picture(source: ClipPicture, isFirst: boolean, times: PictureTimes): Buffer;
  /** What comes after the last one. */
  trailer(): Buffer;
}

/** `--libav-format h264`: the units as x264 made them. Headers before every IDR picture, its SEI in the first one only. */
export class AnnexBMuxer implements Muxer {
  public constructor(private readonly clip: Clip) {}

  public header(): Buffer {
    return Buffer.alloc(0);
  }

  public picture(source: ClipPicture, isFirst: boolean): Buffer {
    const { sps, pps, sei } = this.clip.headers;
    return joinNals([...(source.idr ? [sps, pps] : []), ...(isFirst ? sei : []), ...source.slices]);
  }

  public trailer(): Buffer {
    return Buffer.alloc(0);
  }
}
