import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { CameraSettings } from '../config/settings.js';
import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { FrameEnd } from '../shared/frame-end.js';
import type { Log } from '../shared/log.js';
import { wait, within } from '../shared/wait.js';
import { type CameraCommand, cameraCommand } from './arguments.js';
import { CameraProcess } from './camera-process.js';
import { byWords, type Diagnosis, type DiagnosisContext, diagnose } from './diagnosis.js';
import { couldNotStart, neverStarted, stalled, unkillable, unreadable } from './own-diagnoses.js';
import { type CameraPlatform, platformOf, readDeviceNames } from './platform.js';
import { type CameraProgram, listCameras, type ProbeContext, ProgramError, probeProgram } from './program.js';
import { openPtsFifo, type PtsFifo } from './pts-fifo.js';
import type { ProcessRegistry } from '../shared/spawn-bound.js';
import { healthyMs, retryDelayMs } from '../shared/back-off.js';

/** What a supervisor tells of its camera process. */
export interface SupervisorListener {
  /** A new process begins: all bytes that follow are its. */
  started(frameEnd: FrameEnd): void;
  /** Bytes of the process's stdout. */
  bytes(chunk: Buffer): void;
  /** Bytes of the process's `--save-pts` file. */
  ptsBytes(chunk: Buffer): void;
  state(state: CameraState): void;
}

export interface SupervisorOptions {
  readonly settings: CameraSettings;
  readonly listener: SupervisorListener;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly log: Log;
  /** Environment of the camera process. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder with the names of the video devices, `/sys/class/video4linux`. */
  readonly deviceNames: string;
  /** Where the timestamp FIFO is made. */
  readonly ptsFifo: string;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** From the start to the first byte: opening takes 1 to 2 s, with a sensor of many modes more. */
const startBudgetMs = 20_000;
/** Silence after which a process that streamed is taken for hung. */
const stallMs = 3000;
/** A clean stop takes up to 0.4 s, with the codec driver up to 2 s more. */
const interruptGraceMs = 1500;
const killGraceMs = 2000;

/** Owns one camera: keeps one process of the camera program running between `start` and `stop`. */
export class Supervisor {
  private program: CameraProgram | undefined;
  private abort: AbortController | undefined;
  private complain: ((diagnosis: Diagnosis) => void) | undefined;
  /** Ends when no process of this camera is left. */
  private idle: Promise<void> = Promise.resolve();

  constructor(private readonly options: SupervisorOptions) {}

  /** Keeps the camera running from now on. Does nothing when it already does. */
  start(): void {
    if (this.abort) return;
    const abort = new AbortController();
    this.abort = abort;
    this.idle = this.idle.then(() => this.run(abort.signal));
  }

  /** @returns when no process is left; safe to call twice */
  stop(): Promise<void> {
    this.abort?.abort();
    this.abort = undefined;
    return this.idle;
  }

  /** Ends the running process, because what it writes is of no use, and starts another one. */
  replaceProcess(reason: string): void {
    this.complain?.(unreadable(reason));
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock, listener, random } = this.options;
    let failures = 0;
    let delayMs: number;
    do {
      listener.state({ state: 'starting' });
      const { diagnosis, streamedMs } = await this.runOnce(signal);
      if (isAborted(signal)) break;
      const { reason, remedy } = diagnosis;
      if (isLasting(diagnosis)) {
        // The remedy may be another program.
        this.program = undefined;
        listener.state({ state: 'failed', reason, remedy });
        return;
      }
      failures = streamedMs >= healthyMs ? 1 : failures + 1;
      delayMs = retryDelayMs(failures, random());
      listener.state({ state: 'recovering', reason, remedy, retryAtUs: clock.nowUs() + delayMs * 1000 });
    } while (await wait(clock, delayMs, signal));
    listener.state({ state: 'stopped' });
  }

  private async runOnce(signal: AbortSignal): Promise<{ diagnosis: Diagnosis; streamedMs: number }> {
    let fifo: PtsFifo | undefined;
    try {
      const { settings, listener, environment, registry } = this.options;
      const context = { environment, registry, signal };
      this.program ??= await this.probe(settings.program, context);
      const camera = await this.cameraIndex(this.program.path, context);
      const platform = platformOf(readDeviceNames(this.options.deviceNames));
      if (platform === 'vc4')
        fifo = await openPtsFifo(this.options.ptsFifo, (chunk) => listener.ptsBytes(chunk));
      const command = cameraCommand({ ...settings, camera }, this.program, platform, fifo?.path);
      if (isAborted(signal)) return { diagnosis: couldNotStart('stopped'), streamedMs: 0 };
      return await this.runProcess(this.program.path, command, platform, signal);
    } catch (error) {
      this.program = undefined;
      const diagnosis: Diagnosis =
        error instanceof ProgramError
          ? { kind: 'fatal-config', reason: error.message, remedy: error.remedy }
          : couldNotStart(error instanceof Error ? error.message : String(error));
      return { diagnosis, streamedMs: 0 };
    } finally {
      fifo?.close();
    }
  }

  private async probe(configured: string | undefined, context: ProbeContext): Promise<CameraProgram> {
    const program = await probeProgram(configured, context);
    this.options.log('info', `Camera program: ${program.path}, ${program.version ?? 'of unknown version'}.`);
    return program;
  }

  /** @throws {ProgramError} when no camera has the configured id */
  private async cameraIndex(program: string, context: ProbeContext): Promise<number> {
    const { camera } = this.options.settings;
    if (typeof camera === 'number') return camera;
    const found = await listCameras(program, context);
    const match = found.find((listed) => listed.id === camera);
    if (match) return match.index;
    const names = found.map((listed) => `${listed.index}: ${listed.sensor} (${listed.id})`).join(', ');
    throw new ProgramError(
      `No camera has the id "${camera}". Found: ${names || 'none'}.`,
      'Correct "camera" in the configuration.',
    );
  }

  private async runProcess(
    path: string,
    command: CameraCommand,
    platform: CameraPlatform,
    signal: AbortSignal,
  ): Promise<{ diagnosis: Diagnosis; streamedMs: number }> {
    const { clock, listener, log, registry, environment } = this.options;
    for (const note of command.notes) log('warn', note);
    log('debug', `Starting ${path} ${command.arguments.join(' ')}`);
    listener.started(command.frameEnd);
    const child = CameraProcess.start(path, command.arguments, environment, registry, (line) =>
      log('debug', line),
    );

    const startedUs = clock.nowUs();
    let firstByteUs: number | undefined;
    let lastByteUs = startedUs;
    const read = (chunk: Buffer): void => {
      lastByteUs = clock.nowUs();
      if (firstByteUs === undefined) {
        firstByteUs = lastByteUs;
        child.forgetLines();
        log('debug', `First bytes after ${Math.round((firstByteUs - startedUs) / 1000)} ms.`);
        if (!signal.aborted) listener.state({ state: 'streaming' });
      }
      listener.bytes(chunk);
    };
    child.stdout.on('data', read);

    const ending = new AbortController();
    const hung = this.watch(() => ({ streaming: firstByteUs !== undefined, lastByteUs }), ending.signal);
    const outcome = await Promise.race([
      child.ended.then(() => 'ended' as const),
      hung.then((silenceMs) => (firstByteUs === undefined ? neverStarted : stalled)(silenceMs)),
      new Promise<Diagnosis>((resolve) => (this.complain = resolve)),
      new Promise<'stop'>((resolve) => {
        if (isAborted(signal)) resolve('stop');
        signal.addEventListener('abort', () => resolve('stop'), { once: true, signal: ending.signal });
      }),
    ]);
    this.complain = undefined;
    ending.abort();
    if (outcome !== 'ended') await this.end(child);

    const end = await within(clock, killGraceMs, child.ended);
    // One that cannot be ended must not speak into the next one's stream; it is drained all the same.
    child.stdout.off('data', read).resume();
    const streamedMs = firstByteUs === undefined ? 0 : (lastByteUs - firstByteUs) / 1000;
    if (!end) return { diagnosis: unkillable, streamedMs };
    const context: DiagnosisContext = {
      user: userName(),
      program: basename(path),
      platform,
      tuningFile: 'tuning-file' in this.options.settings.image,
    };
    const diagnosis =
      typeof outcome === 'object' ? (byWords(end.stderr, context) ?? outcome) : diagnose(end, context);
    return { diagnosis, streamedMs };
  }

  /** @returns for how many milliseconds the process has been silent, when that is too long; never once `signal` is aborted */
  private async watch(
    progress: () => { streaming: boolean; lastByteUs: number },
    signal: AbortSignal,
  ): Promise<number> {
    const { clock, settings } = this.options;
    const silenceMs = Math.max(stallMs, 10_000 / settings.framerate);
    for (;;) {
      const { streaming, lastByteUs } = progress();
      const limitMs = streaming ? silenceMs : startBudgetMs;
      const leftMs = limitMs - (clock.nowUs() - lastByteUs) / 1000;
      if (leftMs <= 0) return limitMs;
      // Not the whole budget at once: the first byte shortens it.
      if (!(await wait(clock, Math.min(leftMs, silenceMs), signal))) return new Promise(() => undefined);
    }
  }

  /** Asks the process to end, then makes it. */
  private async end(child: CameraProcess): Promise<void> {
    child.signal('SIGINT');
    if (await within(this.options.clock, interruptGraceMs, child.ended)) return;
    child.signal('SIGKILL');
  }
}

/** Read through a function because it changes during every `await`, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Whether another start cannot help until somebody changes something. */
function isLasting({ kind }: Diagnosis): boolean {
  return kind === 'fatal-config' || kind === 'platform' || kind === 'install';
}

/** Who runs this process; a container may have no name for it. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'homebridge';
  }
}
