import { findExecutable } from '../shared/find-executable.js';
import { parseOptions, type ProgramOptions } from './program-options.js';
import { type ProcessRegistry, signalBound, spawnBound } from '../shared/spawn-bound.js';

/** A camera program and what it can do. */
export interface CameraProgram {
  readonly path: string;
  /** For example `v1.12.0`; nothing before 1.5.2, which did not say. */
  readonly version: string | undefined;
  readonly options: ProgramOptions;
  /** Whether it can encode without the hardware encoder; nothing when it does not say (before 1.5.3). */
  readonly libav: boolean | undefined;
}

/** Newest name first: `libcamera-vid` became `rpicam-vid` in 1.4.0. */
const programNames = ['rpicam-vid', 'libcamera-vid'];
const probeTimeoutMs = 10_000;
const longestAnswer = 1024 * 1024;

/** What it takes to ask the program something. */
export interface ProbeContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly registry: ProcessRegistry;
  /** Ends the program and gives up. */
  readonly signal: AbortSignal;
}

/** Why there is no usable camera program, for people. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/**
 * Finds the camera program and asks what it can do. Does not touch the camera.
 *
 * @param configured path or name from the configuration
 * @throws {ProgramError}
 */
export async function probeProgram(
  configured: string | undefined,
  context: ProbeContext,
): Promise<CameraProgram> {
  const path = await findProgram(configured, context.environment);
  const questions = [ask(path, '--version', context), ask(path, '--help', context)] as const;
  // No process is left when one of them fails.
  await Promise.allSettled(questions);
  const [version, help] = await Promise.all(questions);
  const options = parseOptions(help);
  if (!options.has('output')) {
    throw new ProgramError(
      `${path} does not answer as rpicam-vid does.`,
      'Install the package rpicam-apps, or correct "program" in the configuration.',
    );
  }
  return { path, options, ...parseVersion(version) };
}

async function findProgram(configured: string | undefined, environment: NodeJS.ProcessEnv): Promise<string> {
  const path = await findExecutable(configured === undefined ? programNames : [configured], environment);
  if (path !== undefined) return path;
  throw configured === undefined
    ? new ProgramError(
        'The camera program rpicam-vid is not installed.',
        'Install it: sudo apt install rpicam-apps',
      )
    : new ProgramError(
        `The camera program "${configured}" does not exist or cannot be run.`,
        'Correct "program" in the configuration, or leave it out.',
      );
}

/**
 * @returns stdout and stderr together: before 1.0.0 everything was written to stderr
 * @throws {ProgramError} when it refuses; another error when it gives no answer now, but may the next time
 */
function ask(path: string, option: string, context: ProbeContext): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawnBound(path, [option], context.environment, context.registry);
    let stdout = '';
    let stderr = '';
    let given: Error | undefined;
    const giveUp = (why: string): void => {
      given ??= new Error(`${path} ${option} ${why}`);
      signalBound(child, 'SIGKILL');
      // A daemon it left behind may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const limited = (text: string): string => {
      if (text.length > longestAnswer) giveUp('says too much');
      return text;
    };
    const abort = (): void => giveUp('was interrupted');
    const timer = setTimeout(
      () => giveUp(`did not answer within ${probeTimeoutMs / 1000} s`),
      probeTimeoutMs,
    );
    context.signal.addEventListener('abort', abort, { once: true });
    if (context.signal.aborted) abort();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = limited(stdout + text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = limited(stderr + text)));
    const finish = (error: Error | undefined): void => {
      clearTimeout(timer);
      context.signal.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve(`${stdout}\n${stderr}`);
    };
    child.once('error', (error) => finish(given ?? error));
    child.once('close', (code, signal) => {
      if (given || code === 0) finish(given);
      else if (signal !== null) finish(new Error(`${path} ${option} was ended by ${signal}`));
      else
        finish(
          new ProgramError(
            `${path} ${option} failed: ${lastLine(stderr) || `exit status ${code ?? 0}`}`,
            installAgain,
          ),
        );
    });
  });
}

const installAgain =
  'Install the package rpicam-apps again, and remove copies of your own from /usr/local/bin.';

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}

/** Reads `--version`; the word "capabilites" is spelt so by the program. */
export function parseVersion(text: string): Pick<CameraProgram, 'version' | 'libav'> {
  const version = /(?:rpicam|libcamera)-apps build:\s+(v\d+\.\d+\.\d+)/.exec(text)?.[1];
  const libav = /capabilit(?:i)?es:.*\blibav:([01])/.exec(text)?.[1];
  return { version, libav: libav === undefined ? undefined : libav === '1' };
}

/** A line of `--list-cameras`: index, sensor and libcamera's id (options.cpp). */
export interface ListedCamera {
  readonly index: number;
  readonly sensor: string;
  readonly id: string;
}

/** Lists the cameras. Opens each of them: never to be called while one of them streams. @throws {ProgramError} */
export async function listCameras(path: string, context: ProbeContext): Promise<ListedCamera[]> {
  return parseCameraList(await ask(path, '--list-cameras', context));
}

export function parseCameraList(text: string): ListedCamera[] {
  return [...text.matchAll(/^(\d{1,2}) : (\S+) .*\((\/[^)]*)\)$/gm)].map((match) => ({
    index: Number(match[1]),
    sensor: match[2] ?? '',
    id: match[3] ?? '',
  }));
}
