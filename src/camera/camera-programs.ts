import type { Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import type { ProcessRegistry } from '../shared/spawn-bound.js';
import { userName } from '../shared/user-name.js';
import { wait } from '../shared/wait.js';
import { type Answer, ask } from './ask.js';
import { byWords } from './diagnosis.js';
import { HangingProcesses } from './hanging.js';
import { type ListedCamera, parseCameraList } from './program-answers.js';
import { type CameraProgram, describeProgram, fileMark, ProgramError, probeProgram } from './program.js';
import { type Release, StreamLock } from './stream-lock.js';

export interface CameraProgramsOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends every question. */
  readonly signal: AbortSignal;
  /** Nothing is started before. @returns ids of processes of an earlier life that hang; does not reject */
  readonly ready: Promise<readonly number[]>;
}

/** A camera of the configuration. */
export interface ConfiguredCamera {
  readonly program: string | undefined;
  /** Number or id. */
  readonly camera: number | string;
}

/** Sensors may register late at boot: a listing that lacks a configured one is repeated so often, and after so long. */
const listings = 3;
const listAgainMs = 2000;

/** What all cameras of this plugin share: what the installed programs can do, which sensors there are and whose they are. */
export class CameraPrograms {
  private readonly probes = new Map<string, Promise<CameraProgram>>();
  private readonly lists = new Map<string, readonly ListedCamera[]>();
  private readonly owners = new Map<string, { readonly sensor: string; readonly name: string }>();
  private readonly lock = new StreamLock();
  private listing: Promise<unknown> = Promise.resolve();
  private prepared: Promise<unknown> = Promise.resolve();
  private readonly questions = new Set<Promise<unknown>>();
  /** Of an earlier life. */
  private readonly hangingOrphans = new HangingProcesses();
  /** Of this one: what was asked something and never ended. */
  private readonly hangingQuestions = new HangingProcesses();

  constructor(private readonly options: CameraProgramsOptions) {
    void options.ready.then((pids) => pids.forEach((pid) => this.hangingOrphans.add(pid)));
  }

  /** Whether a process of an earlier life hangs in the kernel: it may have any of the cameras. */
  get isBlocked(): boolean {
    return this.hangingOrphans.any;
  }

  /**
   * Asks what will be needed, so that the first viewer need not wait for it: the programs, and the list of cameras
   * while none of them streams yet, if one of these cameras is known by its id.
   */
  prepare(cameras: readonly ConfiguredCamera[]): void {
    const lists = [...new Set(cameras.map(({ program }) => program))].map((configured) => {
      const ids = cameras.flatMap(({ program, camera }) =>
        program === configured && typeof camera === 'string' ? [camera] : [],
      );
      const probe = this.probe(configured);
      // Why it fails is told when somebody wants to watch.
      probe.catch(() => undefined);
      return ids.length === 0
        ? Promise.resolve()
        : probe.then(({ path }) => this.listUntilAllAreThere(path, ids));
    });
    this.prepared = Promise.allSettled(lists);
  }

  private async listUntilAllAreThere(path: string, ids: readonly string[]): Promise<void> {
    for (let i = 1; ; i += 1) {
      const found = await this.list(path);
      const isComplete = ids.every((id) => found?.some((camera) => camera.id === id));
      if (isComplete || i === listings) return;
      if (!(await wait(this.options.clock, listAgainMs, this.options.signal))) return;
    }
  }

  /**
   * The program and what it can do: asked once, and again when its file has been replaced or when it failed.
   *
   * @param configured path or name from the configuration
   * @throws {ProgramError} when there is none
   */
  async probe(configured: string | undefined): Promise<CameraProgram> {
    const key = configured ?? '';
    const known = this.probes.get(key);
    if (known) {
      const program = await known.catch(() => undefined);
      if (program?.file === (await fileMark(program?.path ?? ''))) return program;
      if (this.probes.get(key) === known) this.probes.delete(key);
    }
    const probe = this.probes.get(key) ?? this.track(this.ask(configured));
    this.probes.set(key, probe);
    return probe;
  }

  /** What is known of a program has proved untrue: behind a script, for example, another version was installed. */
  forget(configured: string | undefined): void {
    this.probes.delete(configured ?? '');
  }

  private async ask(configured: string | undefined): Promise<CameraProgram> {
    await this.options.ready;
    const program = await probeProgram(configured, this.options);
    this.options.log('info', `Camera program: ${describeProgram(program)}.`);
    return program;
  }

  /**
   * Looks up a camera by its id, in what was found earlier if it is there.
   *
   * @returns the cameras found when it is not among them; nothing when they cannot be listed because one of them streams
   * @throws {ProgramError} when the program cannot list them
   */
  async find(path: string, id: string): Promise<ListedCamera | readonly ListedCamera[] | undefined> {
    const byId = (list: readonly ListedCamera[] | undefined): ListedCamera | undefined =>
      list?.find((camera) => camera.id === id);
    const known = byId(this.lists.get(path));
    if (known) return known;
    const found = await this.list(path);
    return byId(found) ?? found;
  }

  /**
   * The cameras the program finds now. It opens each of them, so it is run only while none streams, one at a time.
   *
   * @returns nothing when one streams, or a process that hangs may have them
   * @throws {ProgramError} when the program cannot list them, and says why
   */
  async list(path: string): Promise<readonly ListedCamera[] | undefined> {
    const turn = this.track(this.listing.then(() => this.listNow(path)));
    this.listing = turn.catch(() => undefined);
    return turn;
  }

  private async listNow(path: string): Promise<readonly ListedCamera[] | undefined> {
    const { signal } = this.options;
    if (signal.aborted || this.isBlocked || this.hangingQuestions.any) return undefined;
    const release = this.lock.tryList();
    if (!release) return undefined;
    try {
      const onHanging = (pid: number): void => this.hangingQuestions.add(pid);
      const answer = await ask(path, '--list-cameras', { ...this.options, onHanging });
      const cameras = parseCameraList(`${answer.stdout}\n${answer.stderr.join('\n')}`);
      if (cameras.length === 0) refuse(path, answer);
      this.lists.set(path, cameras);
      return cameras;
    } finally {
      release();
    }
  }

  /** @returns when none of the programs that were asked something runs any more */
  async settled(): Promise<void> {
    await Promise.allSettled(this.questions);
  }

  private track<T>(question: Promise<T>): Promise<T> {
    this.questions.add(question);
    const forget = (): void => void this.questions.delete(question);
    question.then(forget, forget);
    return question;
  }

  /** To be held for as long as a process of a camera runs: no listing disturbs it. */
  async stream(): Promise<Release> {
    await this.prepared;
    return this.lock.stream();
  }

  /**
   * Says that a camera uses a sensor from now on.
   *
   * @param id of the camera in the configuration
   * @returns gives it back; or the name of the camera that uses it already
   */
  claim(id: string, name: string, path: string, index: number): Release | string {
    const sensor = `${index} ${path}`;
    for (const [other, owner] of this.owners) if (other !== id && owner.sensor === sensor) return owner.name;
    this.owners.set(id, { sensor, name });
    return () => void this.owners.delete(id);
  }
}

/** No camera in the list may be no camera, or devices that may not be opened: its words tell. */
function refuse(path: string, answer: Answer): void {
  const program = path.split('/').at(-1) ?? path;
  const context = { user: userName(), program, platform: 'none', tuningFile: false } as const;
  const diagnosis = byWords(answer.stderr, context);
  if (diagnosis && diagnosis.kind !== 'fatal-config') throw new ProgramError(diagnosis);
  if (answer.code !== 0)
    throw new Error(`${path} --list-cameras failed (${answer.signal ?? answer.code ?? 'unknown'})`);
}
