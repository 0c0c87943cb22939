import type { Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import { wait, within } from '../shared/wait.js';
import type { CameraHost, RunningCamera } from './camera-host.js';
import type { ProcessEnd } from './diagnosis.js';
import { isDeviceTimeout, judge, type Verdict } from './watchdog.js';

/** A clean stop takes up to 0.4 s, with the codec driver up to 2 s more. */
const interruptGraceMs = 2500;
/** Ending a process takes the codec driver up to 2 s (COMPLETE_TIMEOUT); then it hangs. */
const killGraceMs = 5000;

/** Why a run is over: the process ended by itself, it was of no use any more, or it was to stop. */
export type RunOver = 'ended' | Exclude<Verdict['verdict'], 'wait'> | 'replaced' | 'stopped';

export interface CameraRunOptions {
  readonly host: CameraHost;
  readonly clock: Clock;
  readonly log: Log;
  /** Pictures per second. */
  readonly framerate: number;
  readonly onBytes: (chunk: Buffer) => void;
  /** The first bytes have come: it streams. */
  readonly onStreaming: () => void;
}

/** How a run went. */
export interface RunResult {
  readonly over: RunOver;
  /** How long it delivered bytes, in ms; 0 when it never did. */
  readonly streamedMs: number;
  /** Nothing when not even SIGKILL ended it. */
  readonly end: ProcessEnd | undefined;
  readonly child: RunningCamera;
}

/** One process of the camera program, from its start to its end. */
export class CameraRun {
  private startedUs = 0;
  private firstByteUs: number | undefined;
  private lastByteUs: number | undefined;
  private timeouts = 0;
  private readonly over = new AbortController();
  private replaced: () => void = () => undefined;
  private loops: () => void = () => undefined;

  constructor(private readonly options: CameraRunOptions) {}

  /** Ends the process, because what it writes is of no use. */
  replace(): void {
    this.replaced();
  }

  /** @param signal stops the process @throws when it cannot be started */
  async run(path: string, args: readonly string[], signal: AbortSignal): Promise<RunResult> {
    const { clock, host } = this.options;
    const replaced = new Promise<'replaced'>((resolve) => (this.replaced = () => resolve('replaced')));
    const loops = new Promise<'timeoutLoop'>((resolve) => (this.loops = () => resolve('timeoutLoop')));
    const child = host.launch(path, args, (line) => this.line(line));
    this.startedUs = clock.nowUs();
    const read = (chunk: Buffer): void => this.bytes(chunk, child, signal);
    child.stdout.on('data', read);
    const over = await Promise.race([
      child.ended.then(() => 'ended' as const),
      this.watch(),
      replaced,
      loops,
      aborted(signal, this.over.signal),
    ]);
    this.over.abort();
    if (over !== 'ended') await this.end(child, over);
    const end = await within(clock, killGraceMs, child.ended);
    // One that cannot be ended must not speak into the next one's stream; it is drained all the same.
    child.stdout.off('data', read).resume();
    const streamedMs =
      this.firstByteUs === undefined ? 0 : ((this.lastByteUs ?? this.firstByteUs) - this.firstByteUs) / 1000;
    return { over, streamedMs, end, child };
  }

  private bytes(chunk: Buffer, child: RunningCamera, signal: AbortSignal): void {
    this.lastByteUs = this.options.clock.nowUs();
    this.timeouts = 0;
    if (this.firstByteUs === undefined) {
      this.firstByteUs = this.lastByteUs;
      child.forgetLines();
      if (!signal.aborted) this.options.onStreaming();
    }
    this.options.onBytes(chunk);
  }

  private line(line: string): void {
    this.options.log('debug', line);
    if (!isDeviceTimeout(line)) return;
    this.timeouts += 1;
    if (this.judge().verdict === 'timeoutLoop') this.loops();
  }

  private judge(): Verdict {
    const { startedUs, lastByteUs, timeouts } = this;
    const { clock, framerate } = this.options;
    return judge({ startedUs, lastByteUs, timeouts, framerate }, clock.nowUs());
  }

  /** Settles when the process does not do its work any more; never once the run is over. */
  private async watch(): Promise<Exclude<Verdict['verdict'], 'wait'>> {
    for (;;) {
      const judgement = this.judge();
      if (judgement.verdict !== 'wait') return judgement.verdict;
      if (!(await wait(this.options.clock, judgement.ms, this.over.signal)))
        return new Promise(() => undefined);
    }
  }

  /** Asks the process to end, then makes it. In its timeout loop it does not look at what it is asked (rpicam_vid.cpp). */
  private async end(child: RunningCamera, over: RunOver): Promise<void> {
    if (over !== 'timeoutLoop') {
      child.signal('SIGINT');
      if (await within(this.options.clock, interruptGraceMs, child.ended)) return;
    }
    child.signal('SIGKILL');
  }
}

/** @param over when it does not matter any more */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true, signal: over });
  });
}
