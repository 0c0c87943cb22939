import { PassThrough } from 'node:stream';
import type { CameraHost, RunningCamera } from '../../src/camera/camera-host.js';
import type { ProcessEnd } from '../../src/camera/diagnosis.js';
import type { CameraPlatform } from '../../src/camera/platform.js';
import type { ListedCamera } from '../../src/camera/program-answers.js';
import type { CameraProgram } from '../../src/camera/program.js';
import { parseOptions } from '../../src/camera/program-options.js';
import { recording } from './fixtures.js';

/** A camera process that a test plays. */
export class SimulatedCamera implements RunningCamera {
  readonly pid = 4711;
  readonly stdout = new PassThrough();
  readonly ended: Promise<ProcessEnd>;
  readonly signals: NodeJS.Signals[] = [];
  private lines: string[] = [];
  private resolve: (end: ProcessEnd) => void = () => undefined;

  constructor(
    private readonly onLine: (line: string) => void,
    /** What it does when it gets a signal. */
    private readonly onSignal: (camera: SimulatedCamera, signal: NodeJS.Signals) => void,
  ) {
    this.ended = new Promise((resolve) => (this.resolve = resolve));
  }

  says(line: string): void {
    this.lines.push(line);
    this.onLine(line);
  }

  ends(code: number | null, signal: NodeJS.Signals | null = null): void {
    this.resolve({ code, signal, stderr: this.lines });
  }

  forgetLines(): void {
    this.lines = [];
  }

  signal(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    this.onSignal(this, signal);
  }

  abandon(): void {
    this.stdout.destroy();
  }
}

export interface SimulatedHostOptions {
  readonly platform?: CameraPlatform;
  readonly user?: string | undefined;
  /** Name of the program, rpicam-vid if left out. */
  readonly program?: string | undefined;
  readonly list?: readonly ListedCamera[];
  readonly probe?: () => Promise<CameraProgram>;
  readonly isBlocked?: () => boolean;
  /** Plays each process. */
  readonly play: (camera: SimulatedCamera) => void;
  /** A process that gets a signal ends by it, unless this says otherwise. */
  readonly onSignal?: (camera: SimulatedCamera, signal: NodeJS.Signals) => void;
}

/** rpicam-vid 1.12. */
export const simulatedProgram: CameraProgram = {
  path: '/usr/bin/rpicam-vid',
  file: '1',
  version: 'v1.12.0',
  build: undefined,
  libcamera: undefined,
  libav: true,
  lacksAccess: false,
  options: parseOptions(recording('help-1.12.txt').toString()),
};

/** A machine without processes. `cameras` are those that were started, in order. */
export function simulatedHost(
  options: SimulatedHostOptions,
): CameraHost & { readonly cameras: SimulatedCamera[]; readonly forgotten: number } {
  const {
    platform = 'vc4',
    user = 'homebridge',
    program = 'rpicam-vid',
    play,
    list,
    probe,
    isBlocked,
  } = options;
  const found = { ...simulatedProgram, path: `/usr/bin/${program}` };
  const onSignal = options.onSignal ?? ((camera, signal) => camera.ends(null, signal));
  const cameras: SimulatedCamera[] = [];
  let forgotten = 0;
  return {
    cameras,
    get forgotten() {
      return forgotten;
    },
    user,
    probe: probe ?? (() => Promise.resolve(found)),
    platform: () => platform,
    isBlocked: () => isBlocked?.() ?? false,
    forgetProgram: () => void (forgotten += 1),
    list: () => Promise.resolve(list),
    find: (_program, id) => Promise.resolve(list?.find((camera) => camera.id === id) ?? list),
    claim: () => () => undefined,
    takeTurn: () => Promise.resolve(() => undefined),
    openFifo: () => Promise.resolve({ path: '/run/garden.pts', close: () => undefined }),
    holder: () => Promise.resolve(undefined),
    launch(_path, _args, onLine) {
      const camera = new SimulatedCamera(onLine, onSignal);
      cameras.push(camera);
      setImmediate(() => play(camera));
      return camera;
    },
  };
}
