import type { Log } from '../shared/log.js';
import type { ProcessRegistry } from '../shared/spawn-bound.js';
import { ask } from './ask.js';
import { type ListedCamera, parseCameraList } from './program-answers.js';
import { type CameraProgram, describeProgram, fileMark, probeProgram } from './program.js';
import { type Release, StreamLock } from './stream-lock.js';

export interface CameraProgramsOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly registry: ProcessRegistry;
  readonly log: Log;
  /** Ends every question. */
  readonly signal: AbortSignal;
  /** Nothing is started before; does not reject. */
  readonly ready: Promise<void>;
}

/** What all cameras of this plugin share: what the installed programs can do, which sensors there are and whose they are. */
export class CameraPrograms {
  private readonly probes = new Map<string, Promise<CameraProgram>>();
  private readonly lists = new Map<string, readonly ListedCamera[]>();
  private readonly owners = new Map<string, { readonly sensor: string; readonly name: string }>();
  private readonly lock = new StreamLock();
  private listing: Promise<unknown> = Promise.resolve();
  private readonly questions = new Set<Promise<unknown>>();
  private prepared: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: CameraProgramsOptions) {}

  /**
   * Asks what will be needed, so that the first viewer need not wait for it: the programs, and the list of cameras
   * while none of them streams yet, if one of these cameras is known by its id.
   */
  prepare(
    cameras: readonly { readonly program: string | undefined; readonly camera: number | string }[],
  ): void {
    const lists = [...new Set(cameras.map(({ program }) => program))].map((configured) => {
      const byId = cameras.some(
        ({ program, camera }) => program === configured && typeof camera === 'string',
      );
      const probe = this.probe(configured);
      // Why it fails is told when somebody wants to watch.
      probe.catch(() => undefined);
      return byId ? probe.then(({ path }) => this.list(path)) : Promise.resolve();
    });
    this.prepared = Promise.allSettled(lists);
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

  private async ask(configured: string | undefined): Promise<CameraProgram> {
    await this.options.ready;
    const program = await probeProgram(configured, this.options);
    this.options.log('info', `Camera program: ${describeProgram(program)}.`);
    return program;
  }

  /**
   * The cameras the program finds. It opens each of them, so it is run only while none streams, one at a time.
   *
   * @returns what was found the last time when it cannot be run now; nothing when that never was
   */
  async list(path: string): Promise<readonly ListedCamera[] | undefined> {
    const turn = this.track(this.listing.then(() => this.listNow(path)));
    this.listing = turn.catch(() => undefined);
    return turn;
  }

  private async listNow(path: string): Promise<readonly ListedCamera[] | undefined> {
    const release = this.options.signal.aborted ? undefined : this.lock.tryList();
    if (!release) return this.lists.get(path);
    try {
      const answer = await ask(path, '--list-cameras', this.options);
      const cameras = parseCameraList(`${answer.stdout}\n${answer.stderr.join('\n')}`);
      this.lists.set(path, cameras);
      return cameras;
    } catch (error) {
      this.options.log('debug', `The cameras cannot be listed: ${String(error)}`);
      return this.lists.get(path);
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
   * @returns the name of the camera that uses it already, if there is one
   */
  claim(id: string, name: string, path: string, index: number): string | undefined {
    const sensor = `${index} ${path}`;
    for (const [other, owner] of this.owners) if (other !== id && owner.sensor === sensor) return owner.name;
    this.owners.set(id, { sensor, name });
    return undefined;
  }
}
