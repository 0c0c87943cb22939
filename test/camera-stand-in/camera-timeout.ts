import { logLibcamera, logLine } from './log.js';

/**
 * How long libcamera waits for a picture, in µs.
 *
 * @param frameDuration in µs
 */
export function watchdogTime(frameDuration: number): number {
  return Math.max(1_000_000, 5 * frameDuration);
}

/** What is said when no picture came in that time, and the camera is started anew. */
export function reportTimeout(frameDuration: number, verbose: number): void {
  if (verbose > 0) {
    const time = watchdogTime(frameDuration).toFixed(2);
    const device = 'V4L2 v4l2_videodevice.cpp:2095 /dev/video0[14:cap]:';
    logLibcamera('enumerator', 'WARN', `${device} Dequeue timer of ${time}us has expired!`);
    const lines = [
      'pipeline_base.cpp:1367 Camera frontend has timed out!',
      'pipeline_base.cpp:1368 Please check that your camera sensor connector is attached securely.',
      'pipeline_base.cpp:1369 Alternatively, try another cable and/or sensor.',
    ];
    for (const line of lines) {
      logLibcamera('enumerator', 'ERROR', `RPI ${line}`);
    }
  }
  logLine('ERROR: Device timeout detected, attempting a restart!!!');
}
