import { appendFileSync } from 'node:fs';
import { CameraClock } from './camera-clock.js';
import { reportTimeout, watchdogTime } from './camera-timeout.js';
import { monotonic } from './clock.js';
import { Uncaught } from './encoder.js';
import type { Encoder, Picture } from './encoder.js';
import type { Environment } from './environment.js';
import { dieBy } from './signals.js';
import { sleep } from './sleep.js';

/** Why a stream ended. */
export type EndReason = 'signal' | 'timeout' | 'frames';

/** How long and how fast to capture. */
export interface CaptureOptions {
  /** In µs. */
  readonly frameDuration: number;
  /** When the camera delivers its first picture, in µs of {@link monotonic}. */
  readonly firstPicture: number;
  /** In µs, 0 is no limit. */
  readonly timeout: number;
  /** In pictures, 0 is no limit. */
  readonly frames: number;
  /** Pictures that wait inside the program when nobody reads; further ones are dropped at the camera. */
  readonly buffers: number;
  /** 0 to 2. */
  readonly verbose: number;
  /** Asked when a picture arrives. */
  readonly stopRequested: () => boolean;
  /** Told about every captured picture: its index and its time in µs since the first. */
  readonly onPicture: (index: number, time: number) => void;
}

/** Takes pictures in real time and puts them through the encoder until something ends that. */
export class Capture {
  /** When each picture was taken, in µs since the first. */
  private readonly times: number[] = [];
  private written = 0;
  /** The first picture after a restart of the camera is no earlier than this, in frame durations. */
  private restarted = 0;
  private readonly clock: CameraClock;

  public constructor(
    private readonly encoder: Encoder,
    private readonly options: CaptureOptions,
    private readonly environment: Environment,
  ) {
    this.clock = new CameraClock(environment);
  }

  /** Pictures that went through the encoder. */
  public get pictures(): number {
    return this.written;
  }

  public async run(): Promise<EndReason> {
    const { options } = this;
    const started = monotonic();
    await this.encoder.start();
    for (let index = 0; ; index++) {
      const time = await this.nextPicture(index);
      if (options.stopRequested()) {
        return this.end('signal');
      }
      if (options.frames === 0 && options.timeout > 0 && monotonic() - started > options.timeout) {
        return this.end('timeout');
      }
      if (options.frames > 0 && index >= options.frames) {
        return this.end('frames');
      }
      this.times.push(time);
      if (index >= this.encoder.delay) {
        await this.encode(index - this.encoder.delay);
      }
      options.onPicture(index, time);
      if (index === this.environment.faults.timeout?.after) {
        await this.timeOut(this.environment.faults.timeout.rounds);
      }
    }
  }

  /** The camera delivers nothing and is restarted in vain. Nobody asks whether to stop meanwhile. */
  private async timeOut(rounds: number): Promise<void> {
    const { frameDuration, firstPicture, verbose } = this.options;
    this.environment.strike();
    for (let round = 0; round < rounds; round++) {
      await sleep(watchdogTime(frameDuration) / 1000);
      reportTimeout(frameDuration, verbose);
    }
    this.restarted = Math.ceil((monotonic() - firstPicture) / frameDuration);
  }

  /** Waits for the camera; gives the time of the picture in µs since the first. */
  private async nextPicture(index: number): Promise<number> {
    const { frameDuration, firstPicture, buffers } = this.options;
    const elapsed = Math.floor((monotonic() - firstPicture) / frameDuration);
    const last = index === 0 ? -1 : (this.times[index - 1] ?? 0) / frameDuration;
    // Behind a write that took long, the pictures that still fitted into the buffers come first, then a gap.
    const slot = Math.max(last + 1, elapsed - buffers, this.restarted);
    await sleepUntil(firstPicture + slot * frameDuration);
    return slot * frameDuration;
  }

  private async encode(index: number): Promise<void> {
    const { environment } = this;
    this.die(index);
    if (index === environment.faults.clockJump?.at) {
      environment.strike();
    }
    const captureTime = (of: number): number => this.clock.stamp(of, this.timeOf(of));
    const picture: Picture = { index, captured: captureTime(index) };
    await this.encoder.write(picture, captureTime);
    this.written++;
    if (environment.writeLog !== undefined) {
      appendFileSync(environment.writeLog, `${index} ${this.encoder.lastWrite}\n`);
    }
    if (index === environment.faults.stallAt) {
      environment.strike();
      await forever();
    }
  }

  /** Dies, if that is to happen instead of writing this picture. */
  private die(index: number): void {
    const { crashAt, death } = this.environment.faults;
    if (index === crashAt) {
      this.environment.strike();
      dieBy('SIGSEGV');
    }
    if (index === death?.at) {
      this.environment.strike();
      throw new Uncaught(death.what);
    }
  }

  private timeOf(index: number): number {
    const last = this.times.length - 1;
    return this.times[index] ?? (this.times[last] ?? 0) + (index - last) * this.options.frameDuration;
  }

  /** The pictures that the encoder kept back leave all at once. */
  private async end(reason: EndReason): Promise<EndReason> {
    while (this.written < this.times.length) {
      await this.encode(this.written);
    }
    await this.encoder.finish();
    return reason;
  }
}

async function sleepUntil(due: number): Promise<void> {
  const wait = (due - monotonic()) / 1000;
  if (wait > 0) {
    await sleep(wait);
  }
}

/** A camera that delivers nothing any more. The timer only keeps the process alive. */
function forever(): Promise<never> {
  return new Promise(() => {
    setInterval(() => undefined, 2 ** 30);
  });
}
