/** A larger step of the camera's clock against real time is a jump of that clock, not a pause of the camera. */
const jumpUs = 1_000_000;
const shortestStepUs = 1000;

export interface PictureTime {
  /** µs on the machine's monotonic clock; grows with every picture. */
  readonly timestampUs: number;
  /** µs since the picture before this one; for the first one, one over the nominal frame rate. */
  readonly durationUs: number;
}

/**
 * Maps the camera's own timestamps onto the machine's monotonic clock. The first picture is placed at its arrival; each
 * later one follows at the camera's own distance, so neither jitter of arrival nor a wrong nominal frame rate reaches
 * the viewers; one that arrives sooner than that pulls the mapping down. A jump of the camera's clock is absorbed: that one step is measured by arrival instead.
 */
export class Timeline {
  private last: { timestampUs: number; cameraUs: number | undefined; arrivedAtUs: number } | undefined;

  /** @param nominalDurationUs duration of the first picture, in µs */
  constructor(private readonly nominalDurationUs: number) {}

  /**
   * @param cameraUs the camera's timestamp in µs, if it has one
   * @param arrivedAtUs when the picture's last byte came, in µs on the monotonic clock
   */
  next(cameraUs: number | undefined, arrivedAtUs: number): PictureTime {
    const { last } = this;
    if (!last) {
      this.last = { timestampUs: arrivedAtUs, cameraUs, arrivedAtUs };
      return { timestampUs: arrivedAtUs, durationUs: this.nominalDurationUs };
    }
    const arrivalStep = arrivedAtUs - last.arrivedAtUs;
    const cameraStep =
      cameraUs === undefined || last.cameraUs === undefined ? undefined : cameraUs - last.cameraUs;
    const believable = cameraStep !== undefined && cameraStep > 0 && cameraStep - arrivalStep < jumpUs;
    // No picture is younger than its arrival: the one that came fastest sets the distance between the two clocks.
    const step = Math.min(Math.round(believable ? cameraStep : arrivalStep), arrivedAtUs - last.timestampUs);
    const durationUs = Math.max(shortestStepUs, step);
    const timestampUs = last.timestampUs + durationUs;
    this.last = { timestampUs, cameraUs, arrivedAtUs };
    return { timestampUs, durationUs };
  }

  /** The camera's clock starts anew (another process): the next step is measured by arrival. */
  restart(): void {
    if (this.last) this.last = { ...this.last, cameraUs: undefined };
  }
}
