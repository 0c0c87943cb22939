import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cameraStandIn, projectRoot } from '../setup/paths.js';
import { temporaryFolder } from './temporary-folder.js';

export interface ProgramOptions {
  /** Shell lines that run instead of the stand-in when a stream is asked for. */
  readonly body?: string;
  /** Environment of the stand-in, without its prefix `CAMERA_STAND_IN_`. A fault strikes once. */
  readonly standIn?: Readonly<Record<string, string>>;
  /** The fault strikes at every start, not once. */
  readonly everyTime?: boolean;
  /** Shell lines that run first for `--version`. */
  readonly version?: string;
  /** What it answers to `--help`, if not what rpicam-vid 1.12 answers. */
  readonly help?: string;
  /** What it answers to `--list-cameras`. */
  readonly list?: string;
}

/** A camera program of a test: a script in front of the stand-in, or instead of it. */
export interface TestProgram {
  readonly path: string;
  /** A folder of its own, `$here` in its lines. */
  readonly folder: string;
  /** Ids of the processes that were started to stream, in order. */
  runs(): number[];
  /** Ids of the processes, also those that were only asked something, that are there and no zombies. */
  alive(): number[];
  /** Ids of the processes that were asked for the version, and that are there and no zombies. */
  asked(): number[];
  /** How many pictures the stand-in has handed to the kernel so far. */
  pictures(): number;
  /** From now on the stand-in has no fault; `$here/healthy` is there. */
  heal(): void;
}

const recordings = join(projectRoot, 'test', 'fixtures', 'recordings');

/** Whether the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== '' && state !== 'Z' && state !== 'X';
}

function stateOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function numbers(path: string): number[] {
  return read(path).split('\n').filter(Boolean).map(Number);
}

/** Text as one word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Writes the script. What it starts and leaves behind is ended after the tests of the file. */
export function makeProgram(options: ProgramOptions = {}): TestProgram {
  const folder = temporaryFolder(() => kill(alive()));
  const path = join(folder, 'rpicam-vid');
  writeFileSync(join(folder, 'help'), options.help ?? read(join(recordings, 'help-1.12.txt')));
  writeFileSync(join(folder, 'list'), options.list ?? read(join(recordings, 'list-cameras.two.txt')));
  const healthy = join(folder, 'healthy');
  const standIn = {
    NODE: process.execPath,
    WRITE_LOG: join(folder, 'pictures'),
    ...(options.everyTime === true ? {} : { FAULT_ONCE: healthy }),
    ...options.standIn,
  };
  const lines = [
    '#!/bin/sh',
    `here=${quoted(folder)}`,
    'case "$1" in',
    `--version) echo $$ >> "$here/asked"; ${options.version ?? ':'}`,
    `  exec cat ${quoted(join(recordings, 'version-1.12.txt'))};;`,
    '--help) exec cat "$here/help";;',
    '--list-cameras) exec cat "$here/list";;',
    'esac',
    'echo $$ >> "$here/runs"',
    ...Object.entries(standIn).map(([name, value]) => `export CAMERA_STAND_IN_${name}=${quoted(value)}`),
    options.body ?? `exec ${quoted(cameraStandIn)} "$@"`,
    '',
  ];
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
  const runs = (): number[] => numbers(join(folder, 'runs'));
  const asked = (): number[] => numbers(join(folder, 'asked')).filter(isAlive);
  const alive = (): number[] => [...asked(), ...runs().filter(isAlive)];
  const pictures = (): number => read(join(folder, 'pictures')).split('\n').length - 1;
  const heal = (): void => writeFileSync(healthy, '');
  return { path, folder, runs, asked, alive, pictures, heal };
}

/** A folder of video devices as sysfs has it, on either kind of Raspberry Pi. */
export function videoDevices(platform: 'vc4' | 'pisp'): string {
  const folder = join(temporaryFolder(), 'video4linux');
  mkdirSync(join(folder, 'video0'), { recursive: true });
  writeFileSync(
    join(folder, 'video0', 'name'),
    platform === 'vc4' ? 'bcm2835-isp-output0\n' : 'pispbe-input\n',
  );
  return folder;
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended a moment ago.
    }
  }
}

/** Whether the file is there: for scripts that tell of something by making one. */
export function hasFile(program: TestProgram, name: string): boolean {
  return existsSync(join(program.folder, name));
}
