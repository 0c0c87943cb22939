import type { MediaEvent, PostedSnapshot } from './messages.js';

/**
 * Cameras, live feeds and relay, running apart from Homebridge. Two implementations: in a worker thread, and in this
 * thread (for tests); both pass the same contract tests.
 */
export interface MediaPlane {
  /**
   * A still picture of a camera, or words in its place; within 5 s.
   *
   * @returns nothing when the media plane is not running or knows no such camera
   */
  snapshot(cameraId: string): Promise<PostedSnapshot | undefined>;

  /**
   * Stops everything and waits for it, no longer than 3 s; safe to call twice. Afterwards no camera process of this
   * plane is left, and no event comes any more.
   */
  close(): Promise<void>;
}

/** Told of everything the media plane has to say. Must not throw. */
export type MediaListener = (
  event: Extract<MediaEvent, { type: 'log' | 'cameraState' | 'relayState' }>,
) => void;

/** The whole of {@link MediaPlane.close} takes no longer. Homebridge waits 5 s at most. */
export const closeLimitMs = 3000;

/** An answer to {@link MediaPlane.snapshot} that takes longer is not waited for: the worker hangs. */
export const snapshotLimitMs = 6000;
