import type { Readable } from 'node:stream';
import type { CameraHolder } from './camera-holder.js';
import type { ProcessEnd } from './diagnosis.js';
import type { CameraPlatform } from './platform.js';
import type { ListedCamera } from './program-answers.js';
import type { CameraProgram } from './program.js';
import type { PtsFifo } from './pts-fifo.js';

/** A running process of the camera program. */
export interface RunningCamera {
  readonly pid: number | undefined;
  /** Must be read always: the program stops, silently, when nobody does. */
  readonly stdout: Readable;
  /** How it ended, when it has ended and nothing holds its pipes any more; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** What it has said so far does not tell why it ends: libcamera complains at every start. */
  forgetLines(): void;
  /** Sends a signal to the process and what it started (a program may be a script). */
  signal(signal: NodeJS.Signals): void;
  /** Lets go of one that cannot be ended: nothing of it is read or waited for any more. */
  abandon(): void;
}

/** What a supervisor needs of the machine; tests have one without processes. */
export interface CameraHost {
  /** Who runs this, for commands that people are told. */
  readonly user: string;
  /** Whether a process of an earlier life hangs in the kernel and may have the camera. */
  isBlocked(): boolean;
  /** @throws {ProgramError} when there is no usable program */
  probe(): Promise<CameraProgram>;
  /** What the probe said has proved untrue: the next one asks anew. */
  forgetProgram(): void;
  platform(): CameraPlatform;
  /**
   * The cameras there are.
   *
   * @returns nothing when they cannot be listed because one of them streams
   * @throws {ProgramError} when the program says why it cannot
   */
  list(program: CameraProgram): Promise<readonly ListedCamera[] | undefined>;
  /** The camera with this id, or else the same as {@link list}. */
  find(program: CameraProgram, id: string): Promise<ListedCamera | readonly ListedCamera[] | undefined>;
  /** @returns gives the sensor back; or the name of another camera of the configuration that uses it now */
  claim(program: CameraProgram, index: number): (() => void) | string;
  /** Waits until a process may open a camera. @returns to be called when it has ended */
  takeTurn(): Promise<() => void>;
  openFifo(onData: (chunk: Buffer) => void): Promise<PtsFifo | undefined>;
  /** @param onLine called with each line of stderr @throws when no process can be started */
  launch(path: string, args: readonly string[], onLine: (line: string) => void): RunningCamera;
  /** Who else uses the camera, if that can be told. */
  holder(): Promise<CameraHolder | undefined>;
}
