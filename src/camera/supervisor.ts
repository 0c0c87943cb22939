import type { CameraSettings } from '../config/settings.js';
import type { CameraCounters } from '../shared/camera-counters.js';
import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { FrameEnd } from '../shared/frame-end.js';
import type { Log } from '../shared/log.js';
import { unlessAborted, wait } from '../shared/wait.js';
import { cameraCommand } from './arguments.js';
import type { CameraHost, RunningCamera } from './camera-host.js';
import { CameraRun, type RunResult } from './camera-run.js';
import type { Diagnosis, ProcessEnd } from './diagnosis.js';
import { explainEnd, noCameraWithId, sharedSensor } from './explain-end.js';
import { couldNotStart, unkillable } from './own-diagnoses.js';
import { type CameraProgram, ProgramError } from './program.js';
import type { PtsFifo } from './pts-fifo.js';
import { nextStart } from './restart-policy.js';

/** What a supervisor tells of its camera process. */
export interface SupervisorListener {
  /**
   * A new process begins: all bytes that follow are its.
   *
   * @param reorders whether its pictures may come in another order than they are shown
   */
  started(frameEnd: FrameEnd, reorders: boolean): void;
  /** Bytes of the process's stdout. */
  bytes(chunk: Buffer): void;
  /** Bytes of the process's `--save-pts` file. */
  ptsBytes(chunk: Buffer): void;
  state(state: CameraState): void;
}

export interface SupervisorOptions {
  readonly settings: CameraSettings;
  readonly host: CameraHost;
  readonly listener: SupervisorListener;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** What an attempt to stream came to. */
interface Attempt {
  readonly diagnosis: Diagnosis;
  readonly streamedMs: number;
}

const interrupted: Attempt = { diagnosis: couldNotStart('it was stopped'), streamedMs: 0 };
/** How often it is looked whether a process of an earlier life has ended at last. */
const lookAgainMs = 10_000;

/** Owns one camera: keeps one process of the camera program running between `start` and `stop`. */
export class Supervisor {
  private abort: AbortController | undefined;
  private current: CameraRun | undefined;
  private unreadable: string | undefined;
  /** Why it is never started again. */
  private verdict: Diagnosis | undefined;
  /** A process that not even SIGKILL has ended. */
  private hanging: RunningCamera | undefined;
  /** Ends when no process of this camera is left, but for one that hangs. */
  private idle: Promise<void> = Promise.resolve();
  private readonly noted = new Set<string>();
  /** Whether the program was asked anew because it did not know an option. */
  private askedAnew = false;
  private starts = 0;
  private failures = 0;

  constructor(private readonly options: SupervisorOptions) {}

  get counters(): Pick<CameraCounters, 'starts' | 'failures'> {
    return { starts: this.starts, failures: this.failures };
  }

  /** Keeps the camera running from now on. Does nothing when it already does. */
  start(): void {
    if (this.abort) return;
    const abort = new AbortController();
    this.abort = abort;
    this.idle = this.idle.then(() => this.run(abort.signal));
  }

  /** @returns when no process is left that can be ended; safe to call twice */
  stop(): Promise<void> {
    this.abort?.abort();
    this.abort = undefined;
    return this.idle;
  }

  /** Lets go of a process that cannot be ended, so that nothing waits for it. For after the last {@link stop}. */
  close(): void {
    this.hanging?.abandon();
  }

  /** Ends the running process, because what it writes is of no use, and starts another one. */
  replaceProcess(reason: string): void {
    this.unreadable = reason;
    this.current?.replace();
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock, listener, random } = this.options;
    for (let failures = 0; ;) {
      if (this.verdict) {
        this.fail(this.verdict);
        return;
      }
      await this.untilNothingHangs(signal);
      if (signal.aborted) break;
      listener.state({ state: 'starting' });
      const { diagnosis, streamedMs } = await this.attempt(signal);
      if (isAborted(signal)) break;
      this.failures += 1;
      if (this.hanging) continue;
      const next = nextStart(diagnosis.kind, failures, streamedMs, random());
      if (next.restart === 'never') {
        this.verdict = diagnosis;
        continue;
      }
      failures = next.failures;
      const { reason, remedy } = diagnosis;
      const retryAtUs = clock.nowUs() + next.delayMs * 1000;
      listener.state({ state: 'recovering', reason, remedy, retryAtUs });
      if (!(await wait(clock, next.delayMs, signal))) break;
    }
    listener.state({ state: 'stopped' });
  }

  private fail({ reason, remedy }: Diagnosis): void {
    this.options.listener.state({ state: 'failed', reason, remedy });
  }

  /** The camera stays taken by a process that hangs, and a second one would only hang as well. */
  private async untilNothingHangs(signal: AbortSignal): Promise<void> {
    const { hanging } = this;
    const { host, clock } = this.options;
    if (hanging) {
      this.fail(unkillable);
      const end = await unlessAborted(signal, hanging.ended);
      if (end) this.hanging = undefined;
    }
    if (!host.isBlocked()) return;
    this.fail(unkillable);
    while (host.isBlocked() && (await wait(clock, lookAgainMs, signal)));
  }

  private async attempt(signal: AbortSignal): Promise<Attempt> {
    try {
      return await this.stream(signal);
    } catch (error) {
      if (error instanceof ProgramError) return { diagnosis: error.diagnosis, streamedMs: 0 };
      const message = error instanceof Error ? error.message : String(error);
      return { diagnosis: couldNotStart(message), streamedMs: 0 };
    }
  }

  private async stream(signal: AbortSignal): Promise<Attempt> {
    const { host, settings } = this.options;
    const program = await unlessAborted(signal, host.probe());
    const camera = program && (await unlessAborted(signal, this.cameraIndex(program)));
    if (!program || camera === undefined) return interrupted;
    const giveBack = host.claim(program, camera);
    if (typeof giveBack === 'string') return { diagnosis: sharedSensor(giveBack), streamedMs: 0 };
    let result: RunResult | undefined;
    try {
      result = await this.inTurn(signal, () => this.runProcess(program, camera, signal));
    } finally {
      giveBack();
    }
    if (!result?.end || isAborted(signal)) return interrupted;
    const diagnosis = await explainEnd(host, program, settings, result.over, result.end, this.unreadable);
    const { streamedMs } = result;
    return { diagnosis: this.doubted(diagnosis, result.end) ?? diagnosis, streamedMs };
  }

  /** Runs when no listing does, and keeps listings away until the process has ended, also one that hangs. */
  private async inTurn(signal: AbortSignal, run: () => Promise<RunResult>): Promise<RunResult | undefined> {
    const turn = this.options.host.takeTurn();
    const release = await unlessAborted(signal, turn);
    if (!release) {
      void turn.then((late) => late());
      return undefined;
    }
    try {
      const result = isAborted(signal) ? undefined : await run();
      if (result && !result.end) {
        this.hanging = result.child;
        void result.child.ended.then(release);
      } else {
        release();
      }
      return result;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * An option the program does not know although it was asked for them: a script may have another version behind it by
   * now. It is asked anew, once.
   */
  private doubted(diagnosis: Diagnosis, end: ProcessEnd): Diagnosis | undefined {
    const isUnknown = end.stderr.some((line) => /unrecognised option|is ambiguous and matches/.test(line));
    if (diagnosis.kind !== 'fatal-config' || !isUnknown || this.askedAnew) return undefined;
    this.askedAnew = true;
    this.options.host.forgetProgram();
    return { ...diagnosis, kind: 'transient' };
  }

  /**
   * The camera's number, which the program takes. Its id stays the same when cameras are added.
   *
   * @throws {ProgramError} when there is no such camera
   */
  private async cameraIndex(program: CameraProgram): Promise<number> {
    const { settings, host } = this.options;
    const { camera } = settings;
    if (typeof camera === 'number') return camera;
    const found = await host.find(program, camera);
    if (found && 'index' in found) return found.index;
    throw new ProgramError(noCameraWithId(camera, found));
  }

  private async runProcess(program: CameraProgram, camera: number, signal: AbortSignal): Promise<RunResult> {
    const { settings, host, listener, clock, log } = this.options;
    const platform = host.platform();
    let fifo: PtsFifo | undefined;
    try {
      if (platform === 'vc4') fifo = await host.openFifo((chunk) => listener.ptsBytes(chunk));
      const command = cameraCommand({ ...settings, camera }, program, platform, fifo?.path);
      for (const note of command.notes) this.note(note);
      log('debug', `Starting ${program.path} ${command.arguments.join(' ')}`);
      this.starts += 1;
      this.unreadable = undefined;
      this.current = new CameraRun({
        host,
        clock,
        log,
        framerate: settings.framerate,
        onBytes: (chunk) => listener.bytes(chunk),
        onStreaming: () => {
          this.askedAnew = false;
          listener.state({ state: 'streaming' });
        },
      });
      listener.started(command.frameEnd, command.reorders);
      return await this.current.run(program.path, command.arguments, signal);
    } finally {
      this.current = undefined;
      fifo?.close();
    }
  }

  /** What could not be done as it is configured is said once, not at every start. */
  private note(note: string): void {
    if (this.noted.has(note)) return;
    this.noted.add(note);
    this.options.log('warn', note);
  }
}

/** Read through a function because it changes during every `await`, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
