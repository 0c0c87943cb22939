/** From the start to the first byte: opening takes 1 to 2 s, with a sensor of many modes more. */
export const startBudgetMs = 20_000;
/** Silence after which a process that streamed is taken for hung. */
const stallMs = 3000;
/** libcamera gives a sensor a second, or five pictures, before it restarts it (contract: max(1 s, 5 frame lengths)). */
const sensorTimeoutMs = 1000;
/** A sensor that was restarted so often without a picture is not coming back. */
const toleratedTimeouts = 3;

/** What is known of a running process. Times in µs on the monotonic clock. */
export interface Progress {
  readonly startedUs: number;
  readonly lastByteUs: number | undefined;
  /** `Device timeout detected` lines since the last byte. */
  readonly timeouts: number;
  /** Pictures per second. */
  readonly framerate: number;
}

/** `wait`: look again after so many ms at the latest. Everything else ends the process. */
export type Verdict =
  | { readonly verdict: 'wait'; readonly ms: number }
  | { readonly verdict: 'neverStarted' | 'stalled' | 'timeoutLoop' };

/** Whether a process still does its work, from what it has written and said. */
export function judge(progress: Progress, nowUs: number): Verdict {
  const { startedUs, lastByteUs, timeouts, framerate } = progress;
  if (timeouts > toleratedTimeouts) return { verdict: 'timeoutLoop' };
  const graceMs = timeouts * Math.max(sensorTimeoutMs, 5000 / framerate);
  const silenceMs = stallLimitMs(framerate) + graceMs;
  const limitMs = lastByteUs === undefined ? startBudgetMs : silenceMs;
  const leftMs = limitMs - (nowUs - (lastByteUs ?? startedUs)) / 1000;
  if (leftMs <= 0) return { verdict: lastByteUs === undefined ? 'neverStarted' : 'stalled' };
  // Not the whole budget at once: the first byte shortens it.
  return { verdict: 'wait', ms: Math.min(leftMs, silenceMs) };
}

/** How long a process that streamed may be silent, in ms: 3 s, at low rates ten pictures. */
export function stallLimitMs(framerate: number): number {
  return Math.max(stallMs, 10_000 / framerate);
}

/** Whether a line of stderr says that the sensor has stopped answering (rpicam_vid.cpp). */
export function isDeviceTimeout(line: string): boolean {
  return line.includes('Device timeout detected');
}
