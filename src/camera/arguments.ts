import type { CameraSettings } from '../config/settings.js';
import type { FrameEnd } from '../shared/frame-end.js';
import type { CameraPlatform } from './platform.js';
import type { CameraProgram } from './program.js';

export interface CameraCommand {
  readonly arguments: readonly string[];
  readonly frameEnd: FrameEnd;
  /** Options that were asked for and that this program does not have. */
  readonly leftOut: readonly string[];
}

/** What `--low-latency` (1.6.0) does, for the programs before it (libav_encoder.cpp). */
const lowLatencyCodecOptions = 'preset=ultrafast;tune=zerolatency;bf=0;thread_type=slice;slices=4;refs=1';

/**
 * The camera program's arguments. No option is given twice, which the program refuses: what `extraArguments` sets is
 * not set again, except for the few that this plugin cannot do without.
 *
 * @param ptsFifo path for `--save-pts`; without one the VC4 path has no timestamps and falls back to the quiet gap
 */
export function cameraCommand(
  settings: CameraSettings,
  program: Pick<CameraProgram, 'options'>,
  platform: CameraPlatform,
  ptsFifo: string | undefined,
): CameraCommand {
  const vc4 = platform === 'vc4';
  const frameEnd: FrameEnd = !vc4 ? 'flv' : ptsFifo === undefined ? 'gap' : 'pts';
  const own: [name: string, value?: string][] = [
    ['nopreview'],
    ['timeout', '0'],
    ['output', '-'],
    ['codec', 'h264'],
    ...(vc4 ? vc4Options(ptsFifo) : pispOptions(program)),
  ];
  const image = Object.entries(settings.image).flatMap(([name, value]): [string, string?][] => {
    if (value === false) return [];
    return [value === true ? [name] : [name, String(value)]];
  });
  const wanted: [name: string, value?: string][] = [
    ...(typeof settings.camera === 'number' ? [['camera', String(settings.camera)] as [string, string]] : []),
    ['width', String(settings.width)],
    ['height', String(settings.height)],
    ['framerate', String(settings.framerate)],
    ['bitrate', String(Math.round(settings.bitrate))],
    ...(vc4 ? [['profile', 'high'] as [string, string]] : []),
    ['intra', String(Math.max(1, Math.round(settings.keyFrameInterval * settings.framerate)))],
    ...image,
  ];

  const ownNames = new Set(own.map(([name]) => name));
  const extra = splitExtra(settings.extraArguments, program.options).filter(
    ({ name }) => !ownNames.has(name),
  );
  const taken = new Set([...ownNames, ...extra.map(({ name }) => name)]);
  const fitting = wanted.filter(([name]) => !taken.has(name));
  const leftOut = fitting.filter(([name]) => !program.options.has(name)).map(([name]) => name);
  const known = fitting.filter(([name]) => program.options.has(name));
  return {
    arguments: [...[...own, ...known].flatMap(toWords), ...extra.flatMap(({ words }) => words)],
    frameEnd,
    leftOut,
  };
}

function vc4Options(ptsFifo: string | undefined): [name: string, value?: string][] {
  return [
    ['inline'],
    ['flush'],
    ...(ptsFifo === undefined ? [] : [['save-pts', ptsFifo] as [string, string]]),
  ];
}

function pispOptions(program: Pick<CameraProgram, 'options'>): [name: string, value?: string][] {
  const format: [string, string] = ['libav-format', 'flv'];
  if (program.options.has('low-latency')) return [format, ['low-latency']];
  if (program.options.has('libav-video-codec-opts'))
    return [format, ['libav-video-codec-opts', lowLatencyCodecOptions]];
  return [format];
}

function toWords([name, value]: readonly [name: string, value?: string]): string[] {
  return value === undefined ? [`--${name}`] : [`--${name}`, value];
}

/** Short forms of the options this plugin sets (rpicam-apps options.hpp). */
const shortForms = new Map([
  ['-n', 'nopreview'],
  ['-t', 'timeout'],
  ['-o', 'output'],
  ['-b', 'bitrate'],
  ['-g', 'intra'],
]);

/** Groups the user's words: an option and the words up to the next one. Words in front of any option are dropped. */
function splitExtra(
  words: readonly string[],
  options: ReadonlySet<string>,
): { name: string; words: string[] }[] {
  const groups = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const word of words) {
    const name = optionName(word, options);
    if (name === undefined) current?.push(word);
    else groups.set(name, (current = [word]));
  }
  return [...groups].map(([name, group]) => ({ name, words: group }));
}

/**
 * The option a word stands for, as the program reads it: short forms with or without their value (`-b2000000`), long
 * ones also abbreviated.
 *
 * @returns nothing for a value
 */
function optionName(word: string, options: ReadonlySet<string>): string | undefined {
  const short = /^-[a-z]/.exec(word)?.[0];
  if (short !== undefined) return shortForms.get(short) ?? short;
  const long = /^--([a-z][\w-]*)/.exec(word)?.[1];
  if (long === undefined || options.has(long)) return long;
  const matches = [...options].filter((option) => option.startsWith(long));
  return matches.length === 1 ? matches[0] : long;
}
