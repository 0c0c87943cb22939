import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { findExecutables } from '../shared/find-executable.js';
import { userName } from '../shared/user-name.js';
import { type Answer, ask, type AskContext } from './ask.js';
import { type Diagnosis, diagnose } from './diagnosis.js';
import { lacksDeviceAccess, parseVersion, type ProgramVersion } from './program-answers.js';
import { parseOptions, type ProgramOptions } from './program-options.js';

/** A camera program and what it can do. */
export interface CameraProgram extends ProgramVersion {
  readonly path: string;
  /** Changes when the file is replaced, by an update for example. */
  readonly file: string;
  readonly options: ProgramOptions;
  /** Whether it said that it may not open the devices. */
  readonly lacksAccess: boolean;
}

/** Newest name first: `libcamera-vid` became `rpicam-vid` in 1.4.0, and is gone since 1.8.0. */
const programNames = ['rpicam-vid', 'libcamera-vid'];

/** Why there is no usable camera program, for people. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(readonly diagnosis: Diagnosis) {
    super(diagnosis.reason);
  }
}

/**
 * Finds the camera program and asks what it can do. Does not touch the camera. Where several are installed, the first
 * that answers: a stale copy of one's own in /usr/local often stands in front of the packaged one and cannot run.
 *
 * @param configured path or name from the configuration
 * @throws {ProgramError} when there is none; another error when none can be told now
 */
export async function probeProgram(
  configured: string | undefined,
  context: AskContext,
): Promise<CameraProgram> {
  const names = configured === undefined ? programNames : [configured];
  const paths = await findExecutables(names, context.environment);
  if (paths.length === 0) throw new ProgramError(notFound(configured));
  let first: unknown;
  for (const path of paths) {
    try {
      return await probePath(path, context);
    } catch (error) {
      if (context.signal.aborted) throw error;
      first ??= error;
    }
  }
  throw first;
}

async function probePath(path: string, context: AskContext): Promise<CameraProgram> {
  const file = await fileMark(path);
  // One after the other: on a small Pi two at once are no faster, and no process is left when the first one fails.
  const version = await answerOf(path, '--version', context);
  const help = await answerOf(path, '--help', context);
  const options = parseOptions(help.text);
  if (!options.has('output')) {
    throw new ProgramError({
      kind: 'install',
      reason: `${path} does not answer as rpicam-vid does.`,
      remedy: 'Install the package rpicam-apps, or correct "program" in the configuration.',
    });
  }
  return { path, file, options, lacksAccess: lacksDeviceAccess(version.text), ...parseVersion(version.text) };
}

/** @returns stdout and stderr together: before 1.0.0 everything was written to stderr */
async function answerOf(path: string, option: string, context: AskContext): Promise<{ text: string }> {
  const answer = await ask(path, option, context);
  if (answer.code !== 0) refuse(path, option, answer);
  return { text: `${answer.stdout}\n${answer.stderr.join('\n')}` };
}

/** Also `--version` looks at the platform first, and the dynamic linker before it. */
function refuse(path: string, option: string, end: Answer): never {
  if (end.signal !== null) throw new Error(`${path} ${option} was ended by ${end.signal}`);
  const program = basename(path);
  const diagnosis = diagnose(end, { user: userName(), program, platform: 'none', tuningFile: false });
  if (diagnosis.kind !== 'transient') throw new ProgramError(diagnosis);
  const said = end.stderr.findLast((line) => line.trim() !== '')?.slice(0, 300);
  throw new ProgramError({
    kind: 'install',
    reason: `${path} ${option} failed: ${said ?? `exit status ${end.code ?? 0}`}`,
    remedy: 'Install the package rpicam-apps again, and remove copies of your own from /usr/local/bin.',
  });
}

function notFound(configured: string | undefined): Diagnosis {
  return configured === undefined
    ? {
        kind: 'install',
        reason: 'The camera program rpicam-vid is not installed.',
        remedy: 'Install it: sudo apt install rpicam-apps',
      }
    : {
        kind: 'install',
        reason: `The camera program "${configured}" does not exist or cannot be run.`,
        remedy: 'Correct "program" in the configuration, or leave it out.',
      };
}

/** Names this very file: another one in its place has another mark. */
export async function fileMark(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs } = await stat(path);
    return `${dev}:${ino}:${size}:${mtimeMs}`;
  } catch {
    return 'none';
  }
}

/** `rpicam-vid v1.12.0 (libcamera v0.7.1)`, as far as it is known. */
export function describeProgram({ path, version, build, libcamera }: CameraProgram): string {
  const which = version ?? (build === undefined ? 'of unknown version' : `built as ${build}`);
  return `${path}, ${which}${libcamera === undefined ? '' : `, libcamera ${libcamera}`}`;
}
