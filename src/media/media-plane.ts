import type { MediaEvent } from './messages.js';

/**
 * Cameras, live feeds and relay, running apart from Homebridge. Two implementations: in a worker thread, and in this
 * thread (for tests); both pass the same contract tests.
 */
export interface MediaPlane {
  /**
   * Stops everything and waits for it, no longer than 3 s; safe to call twice. Afterwards no camera process of this
   * plane is left, and no event comes any more.
   */
  close(): Promise<void>;
}

/** Told of everything the media plane has to say. Must not throw. */
export type MediaListener = (event: Exclude<MediaEvent, { type: 'closed' }>) => void;

/** The whole of {@link MediaPlane.close} takes no longer. Homebridge waits 5 s at most. */
export const closeLimitMs = 3000;
