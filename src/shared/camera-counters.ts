import type { FrameEnd } from './frame-end.js';

/** What happened to a camera since this plugin started. */
export interface CameraCounters {
  /** Processes of the camera program that were started. */
  readonly starts: number;
  /** Processes that ended without being asked, had to be ended, or could not be started. */
  readonly failures: number;
  /** How the end of a picture is known; nothing before the first process. */
  readonly frameEnd: FrameEnd | undefined;
  /** Access units handed out. */
  readonly pictures: number;
  /** How often pictures were lost up to the next key frame. */
  readonly losses: number;
}
