import type { SpsInfo } from './sps.js';

/** How the pictures of a stream are coded. One object for all access units of the same parameter sets. */
export interface VideoFormat extends SpsInfo {
  /** SPS and PPS NAL units, each behind a four-byte start code. */
  readonly parameterSets: Buffer;
}

/** One coded picture, complete. Immutable: nobody copies or changes it on the way. */
export interface AccessUnit {
  /** Annex B; an IDR has SPS and PPS in front. */
  readonly data: Buffer;
  /** Whether it is an IDR: a viewer can begin here. */
  readonly key: boolean;
  /** Whether pictures were lost, or the camera restarted, before this one. */
  readonly discontinuity: boolean;
  /** Counts the access units of a camera, from 0, across restarts of the camera process. */
  readonly sequence: number;
  /** µs on the machine's monotonic clock; grows with every picture. */
  readonly timestampUs: number;
  /** µs since the picture before this one. */
  readonly durationUs: number;
  /** When its last byte arrived, in µs on the machine's monotonic clock. */
  readonly arrivedAtUs: number;
  readonly format: VideoFormat;
}

/** A complete picture as a reader of the camera's bytes hands it out. */
export interface Picture {
  /** Annex B. */
  readonly data: Buffer;
  /** The camera's own timestamp in µs from any origin, if it gave one. */
  readonly cameraUs: number | undefined;
  /** When its last byte arrived, in µs on the machine's monotonic clock. */
  readonly arrivedAtUs: number;
}
