/** A picture of this age is shown as it is. */
export const freshMs = 10_000;
/** A picture of this age is shown while a newer one is made, if the camera is well. */
export const staleMs = 90_000;
/** Homebridge warns when a picture takes longer than 5 s in its older versions, 8 s in the newer ones. */
export const longestWaitMs = 4900;

/** What a snapshot request meets. */
export interface SnapshotSituation {
  /** Age of the newest picture at hand in ms, or nothing. */
  readonly ageMs: number | undefined;
  /** `streaming`: pictures come. `resting`: off because nobody watches. `trouble`: it should run, and does not. */
  readonly camera: 'streaming' | 'resting' | 'trouble' | 'failed';
  /** Whether the camera runs already, for whomever, or a new picture is being made: one more costs no start. */
  readonly running: boolean;
  /** ms since the camera was last started for a snapshot, or nothing. */
  readonly startedAgoMs: number | undefined;
  /** A resting camera is started for a snapshot at most this often, in ms. */
  readonly intervalMs: number;
}

export interface SnapshotDecision {
  /** `cached`: the picture at hand. `wait`: a new one, if it comes in time. `none`: there is no picture. */
  readonly show: 'cached' | 'wait' | 'none';
  /** Whether to make a new picture. */
  readonly capture: boolean;
}

/** Decides what a snapshot request gets. */
export function decideSnapshot(situation: SnapshotSituation): SnapshotDecision {
  const { ageMs, camera, running, startedAgoMs, intervalMs } = situation;
  if (ageMs !== undefined && ageMs <= freshMs) return { show: 'cached', capture: false };
  const mayStart = startedAgoMs === undefined || startedAgoMs >= intervalMs;
  // What made it fail may have been put right; nobody waits for that.
  if (camera === 'failed') return { show: 'none', capture: mayStart };

  const mayCapture = running || mayStart;
  // Between two starts that are further apart than that, the last picture is all there is.
  const limitMs = mayCapture ? staleMs : Math.max(staleMs, intervalMs + freshMs);
  const well = camera === 'streaming' || camera === 'resting';
  if (ageMs !== undefined && ageMs <= limitMs && well) return { show: 'cached', capture: mayCapture };
  return { show: mayCapture ? 'wait' : 'none', capture: mayCapture };
}
