import type { CameraSettings, ImageSettings } from '../config/settings.js';
import type { FrameEnd } from '../shared/frame-end.js';
import { withoutBFrames } from './codec-options.js';
import { type ExtraOption, noSuchOption, readExtraArguments } from './extra-arguments.js';
import { optionWords, programValue } from './option-values.js';
import { pictureSize } from './picture-size.js';
import type { CameraPlatform } from './platform.js';
import type { CameraProgram } from './program.js';
import type { ProgramOptions } from './program-options.js';
import { lowestBitrate, vc4Level } from './vc4-encoder.js';

export interface CameraCommand {
  readonly arguments: readonly string[];
  readonly frameEnd: FrameEnd;
  /** Whether pictures may come in another order than they are shown: B-frames cannot be switched off. */
  readonly reorders: boolean;
  /** What could not be done as it was asked for, one sentence each, for people. */
  readonly notes: readonly string[];
}

type Option = readonly [name: string, value: string | true];

/** What `--low-latency` (1.6.0) does, for the programs before it (libav_encoder.cpp). */
const lowLatencyCodecOptions = 'preset=ultrafast;tune=zerolatency;bf=0;thread_type=slice;slices=4;refs=1';

/**
 * The camera program's arguments, for every version since 1.0: only options that its `--help` shows, in the form that it
 * takes, and none twice, which it refuses. What `extraArguments` sets is not set again, except for the few that this
 * plugin cannot do without.
 *
 * @param platform how it encodes; whatever is not `vc4` takes the libav path
 * @param ptsFifo path for `--save-pts`; without one the VC4 path has no timestamps and falls back to the quiet gap
 */
export function cameraCommand(
  settings: CameraSettings,
  program: Pick<CameraProgram, 'options'>,
  platform: CameraPlatform,
  ptsFifo: string | undefined,
): CameraCommand {
  const vc4 = platform === 'vc4';
  // Where the platform cannot be told (yet) the program may still find the hardware encoder.
  const maybeVc4 = platform !== 'pisp';
  const { options } = program;
  const { given, notes: extraNotes } = readExtraArguments(settings.extraArguments, options);
  const notes = [...extraNotes];

  const own: Option[] = [
    ['nopreview', true],
    ['timeout', '0'],
    ['output', '-'],
    ['codec', 'h264'],
    ...(maybeVc4 ? vc4Output(vc4 ? ptsFifo : undefined) : []),
    ...(vc4 ? [] : libavOutput(options, notes)),
    ...codecOptions(given, vc4 ? '' : builtInCodecOptions(options), notes),
  ];
  const wanted: Option[] = [
    ...(typeof settings.camera === 'number' ? [['camera', String(settings.camera)] as const] : []),
    ...pictureOptions(settings, given, platform, notes),
    ...imageOptions(settings.image, given, notes),
  ];
  const words = [...own, ...wanted.filter(([name]) => !given.has(name))].flatMap(([name, value]) => {
    const spec = options.get(name);
    if (spec) return optionWords(name, programValue(name, value, spec), spec);
    notes.push(noSuchOption(`--${name}`));
    return [];
  });
  const timestamps = vc4 ? ptsFifo !== undefined && options.has('save-pts') : options.has('libav-format');
  return {
    arguments: [...words, ...[...given].flatMap(([name, extra]) => extraWords(name, extra, options))],
    reorders: !vc4 && !options.has('low-latency') && !options.has('libav-video-codec-opts'),
    frameEnd: !timestamps ? 'gap' : vc4 ? 'pts' : 'flv',
    notes,
  };
}

/** Without `--flush` the end of each picture waits for the next one; `--inline` repeats the parameter sets. */
function vc4Output(ptsFifo: string | undefined): Option[] {
  return [
    ['inline', true],
    ['flush', true],
    ...(ptsFifo === undefined ? [] : [['save-pts', ptsFifo] as const]),
  ];
}

/** Here `--save-pts` is refused (1.7.0) and `--metadata` fills the memory. */
function libavOutput(options: ProgramOptions, notes: string[]): Option[] {
  const format: Option = ['libav-format', 'flv'];
  if (options.has('low-latency')) return [format, ['low-latency', true]];
  if (!options.has('libav-video-codec-opts')) {
    notes.push('This camera program delays the picture by about 0.3 s: update rpicam-apps to 1.6 or newer.');
  }
  return [format];
}

function builtInCodecOptions(options: ProgramOptions): string {
  const needed = !options.has('low-latency') && options.has('libav-video-codec-opts');
  return needed ? lowLatencyCodecOptions : '';
}

/** Ours and then the user's: of two values of one option libav takes the later one (av_opt_set). */
function codecOptions(given: Map<string, ExtraOption>, ours: string, notes: string[]): Option[] {
  const name = 'libav-video-codec-opts';
  const { kept, dropped } = withoutBFrames(take(given, name, /^.*$/s) ?? '');
  for (const entry of dropped) {
    notes.push(`${entry} in --${name} is left out: it would delay the picture.`);
  }
  const value = [ours, kept].filter((part) => part !== '').join(';');
  return value === '' ? [] : [[name, value]];
}

/** Size, rate and what follows from them, within what the encoder can do. */
function pictureOptions(
  settings: CameraSettings,
  given: Map<string, ExtraOption>,
  platform: CameraPlatform,
  notes: string[],
): Option[] {
  const asked = {
    width: takeNumber(given, 'width') ?? settings.width,
    height: takeNumber(given, 'height') ?? settings.height,
  };
  const framerate = takeNumber(given, 'framerate') ?? settings.framerate;
  const { width, height } = pictureSize(asked, platform);
  if (width !== asked.width || height !== asked.height) {
    notes.push(
      `The encoder of this Pi cannot make pictures of ${asked.width}x${asked.height}: ${width}x${height} is used.`,
    );
  }
  const bitrate = Math.round(takeNumber(given, 'bitrate') ?? settings.bitrate);
  if (given.delete('bitrate')) {
    notes.push('--bitrate in "extraArguments" is left out: it must be a plain number of bits per second.');
  }
  const intra = Math.max(1, Math.round(settings.keyFrameInterval * framerate));
  const common = (usedBitrate: number): Option[] => [
    ['width', String(width)],
    ['height', String(height)],
    ['framerate', String(framerate)],
    ['bitrate', String(usedBitrate)],
    ['intra', String(intra)],
  ];
  if (platform === 'pisp') return common(bitrate);
  const lowest = lowestBitrate(width, height, framerate);
  if (bitrate < lowest) {
    notes.push(`bitrate ${bitrate} is so low that the encoder of this Pi may hang: ${lowest} is used.`);
  }
  const floored = common(Math.max(bitrate, lowest));
  if (platform !== 'vc4') return floored;
  const level = takeNumber(given, 'level');
  return [
    ...floored,
    ['profile', 'high'],
    ['level', level === undefined ? vc4Level(width, height, framerate) : String(level)],
  ];
}

/** The encoder of a Pi 0 to 4 has room for six pictures: "no buffers available to queue codec input" (h264_encoder.cpp). */
const mostBuffers = 6;

function imageOptions(image: ImageSettings, given: Map<string, ExtraOption>, notes: string[]): Option[] {
  const buffers = takeNumber(given, 'buffer-count');
  if (buffers !== undefined && buffers > mostBuffers) {
    notes.push(`buffer-count ${buffers} does not work on every Pi: ${mostBuffers} is used.`);
  }
  const entries = Object.entries<string | number | boolean>({
    ...image,
    ...(buffers === undefined ? {} : { 'buffer-count': Math.min(buffers, mostBuffers) }),
  });
  return entries.flatMap(([name, value]): Option[] =>
    value === false ? [] : [[name, value === true ? true : String(value)]],
  );
}

/** As the user wrote it, if this program takes it so. */
function extraWords(name: string, { value, words }: ExtraOption, options: ProgramOptions): readonly string[] {
  const spec = options.get(name) ?? {};
  const adapted = programValue(name, value, spec);
  return adapted === value ? words : optionWords(name, adapted, spec);
}

/** Takes out what the user gave, to be given in another form; not what the pattern does not fit. */
function take(given: Map<string, ExtraOption>, name: string, pattern: RegExp): string | undefined {
  const value = given.get(name)?.value;
  if (typeof value !== 'string' || !pattern.test(value)) return undefined;
  given.delete(name);
  return value;
}

/** Takes out a plain number above 0. Any other value is left for the program to judge: 0 is its own default. */
function takeNumber(given: Map<string, ExtraOption>, name: string): number | undefined {
  const value = take(given, name, /^(?=.*[1-9])\d{1,9}(?:\.\d{1,6})?$/);
  return value === undefined ? undefined : Number(value);
}
