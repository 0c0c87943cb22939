import type { Readable } from 'node:stream';
import type { RunningCamera } from './camera-host.js';
import type { ProcessEnd } from './diagnosis.js';
import { type BoundProcess, type ProcessRegistry, signalBound, spawnBound } from '../shared/spawn-bound.js';

const keptStderrLines = 40;
const longestStderrLine = 1000;
/** What a process has written before its end is read long before. */
const heldPipesMs = 1000;

/** Keeps libcamera from colouring its lines: by variable before 0.7.0, by the other from then on. */
const plainText = { LIBCAMERA_LOG_NO_COLOR: '1', LIBCAMERA_LOG_COLOR: 'no' };

/** A running camera program. */
export class CameraProcess implements RunningCamera {
  readonly ended: Promise<ProcessEnd>;
  readonly stdout: Readable;
  private readonly lines: string[] = [];
  private partial = '';
  /** Whether it has ended and closed its output: what it started may live on until then. */
  private closed = false;

  private constructor(
    private readonly child: BoundProcess,
    onLine: (line: string) => void,
  ) {
    const { stdout, stderr } = child;
    this.stdout = stdout;
    stderr.setEncoding('utf8').on('data', (text: string) => this.readStderr(text, onLine));
    // Errors of the pipes say no more than the end of the process does.
    for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.lines.push(error.message);
        resolve({ code: null, signal: null, stderr: this.lines });
      });
      // What it has started and left behind may hold the pipes open, for ever.
      child.once('exit', () => {
        const letGo = setTimeout(() => this.destroyPipes(), heldPipesMs);
        child.once('close', () => clearTimeout(letGo));
      });
      child.once('close', (code, signal) => {
        this.closed = true;
        resolve({ code, signal, stderr: this.lines });
      });
    });
  }

  /**
   * Starts the program. Its stdout must be read always: the program stops, silently, when nobody does.
   *
   * @param onLine called with each line of its stderr
   */
  static start(
    path: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    registry: ProcessRegistry,
    onLine: (line: string) => void,
  ): CameraProcess {
    return new CameraProcess(spawnBound(path, args, { ...environment, ...plainText }, registry), onLine);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  forgetLines(): void {
    this.lines.length = 0;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.closed) signalBound(this.child, signal);
  }

  abandon(): void {
    this.destroyPipes();
    this.child.unref();
  }

  private destroyPipes(): void {
    this.child.stdout.destroy();
    this.child.stderr.destroy();
  }

  private readStderr(text: string, onLine: (line: string) => void): void {
    const lines = (this.partial + text).split('\n');
    this.partial = (lines.pop() ?? '').slice(0, longestStderrLine);
    for (const line of lines) {
      // eslint-disable-next-line no-control-regex -- colours of libcamera before 0.7.0
      const plain = line.slice(0, longestStderrLine).replace(/\x1b\[[0-9;]*m/g, '');
      this.lines.push(plain);
      if (this.lines.length > keptStderrLines) this.lines.shift();
      onLine(plain);
    }
  }
}
