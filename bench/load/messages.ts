/** Where viewers connect, and what they find there. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly protocol?: 'libcamera.v1';
  /**
   * What the messages are. `pictures`: media messages of `libcamera.v1`. `bytes`: the stream from its first byte on, in
   * any pieces. `units`: one access unit each.
   */
  readonly carries: 'pictures' | 'bytes' | 'units';
  /** Bytes of the pictures of the clip, to find the ends of pictures in `bytes`. */
  readonly sizes: readonly number[];
}

/** What happened to the pictures of a group of viewers. */
export interface Integrity {
  received: number;
  /** Numbers that were left out. */
  lost: number;
  /** Numbers that came twice or backwards. */
  duplicate: number;
  /** Length or bytes differ from what the first viewer got. */
  corrupt: number;
  /** Pictures behind a gap that are no key frame. */
  undecodable: number;
}

/** A picture at all viewers of a group; times in µs on the monotonic clock. */
export interface PictureArrival {
  readonly picture: number;
  readonly viewers: number;
  readonly lastUs: number;
  readonly medianUs: number;
}

/** A picture at a single viewer. */
export interface Arrival {
  readonly picture: number;
  readonly arrivedUs: number;
  /** As the header has it; nothing when there is no header. */
  readonly timestampUs: number | undefined;
}

/** What a group of viewers has seen. */
export interface GroupReport {
  readonly integrity: Integrity;
  readonly pictures: readonly PictureArrival[];
  /** Of the first viewer of the group. */
  readonly arrivals: readonly Arrival[];
  /** ms from the 101 to the last byte of the first key frame, of each connection. */
  readonly joinsMs: readonly number[];
  /** Connections that ended without being asked to. */
  readonly ended: number;
  /** Width of the picture as the relay announces it. */
  readonly width: number | undefined;
}

export type LoadCommand =
  /** Opens viewers; answered when all have their 101. */
  | {
      readonly type: 'watch';
      readonly group: string;
      readonly target: Target;
      readonly count: number;
    }
  /** All viewers of the group read no faster from now on. */
  | { readonly type: 'throttle'; readonly group: string; readonly bitsPerSecond: number }
  /** All viewers of the group stop reading for so long; answered when they read again. */
  | { readonly type: 'stall'; readonly group: string; readonly seconds: number }
  /** Viewers come at random moments, and leave after their first key frame; answered when all have left. */
  | {
      readonly type: 'join';
      readonly group: string;
      readonly target: Target;
      readonly count: number;
      readonly meanGapMs: number;
      readonly seed: number;
    }
  /** Viewers of the group come, leave and stall at random; answered after so many seconds. */
  | { readonly type: 'churn'; readonly group: string; readonly seconds: number; readonly seed: number }
  /** All viewers of the group leave. */
  | { readonly type: 'leave'; readonly group: string }
  | { readonly type: 'report'; readonly group: string };
