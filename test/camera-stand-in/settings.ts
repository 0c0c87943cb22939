import type { OptionValues } from './option-values.js';
import { ProgramError } from './program-error.js';
import { parseBitrate, parseTime } from './units.js';

/** The options that make a difference to the stand-in, with the program's defaults. */
export interface Settings {
  /** 0 to 2. */
  readonly verbose: number;
  readonly camera: number;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Pictures per second if asked for. */
  readonly framerate: number | undefined;
  /** In µs, 0 is no limit. */
  readonly timeout: number;
  /** Pictures to take instead of a time, 0 is no limit. */
  readonly frames: number;
  /** `-`, a path, or nothing at all. */
  readonly output: string;
  readonly nopreview: boolean;
  readonly infoText: string | undefined;
  readonly postProcessFile: string | undefined;
  readonly loresWidth: number;
  readonly loresHeight: number;
  readonly mode: string | undefined;
  readonly noRaw: boolean;
  readonly denoise: string;
  readonly flush: boolean;
  /** In bit/s, 0 is the encoder's default. */
  readonly bitrate: number;
  readonly profile: string | undefined;
  readonly level: string | undefined;
  /** Pictures per GOP, 0 is the encoder's default. */
  readonly intra: number;
  readonly inline: boolean;
  readonly savePts: string | undefined;
  readonly signal: boolean;
  readonly startPaused: boolean;
  readonly lowLatency: boolean;
  readonly libavFormat: string;
  readonly libavCodecOptions: string;
  /** Options that the muxing libav encoder refuses: one of segment, split, circular was given. */
  readonly splitsOutput: boolean;
}

/** Typed settings from the parsed options; throws what the program's own conversion does. */
export function readSettings(values: OptionValues): Settings {
  const text = (name: string): string | undefined => values.get(name);
  const number = (name: string): number => Number(values.get(name) ?? 0);
  const flag = (name: string): boolean => values.get(name) === '1';
  const framerate = number('framerate');
  const width = number('width');
  const height = number('height');
  const sized = width > 0 && height > 0;
  return {
    verbose: Number(values.get('verbose') ?? 1),
    camera: number('camera'),
    width: sized ? width : 640,
    height: sized ? height : 480,
    framerate: framerate > 0 ? framerate : undefined,
    timeout: parseTime(text('timeout') ?? '5sec', 1000),
    frames: number('frames'),
    output: text('output') ?? '',
    nopreview: flag('nopreview'),
    infoText: text('info-text'),
    postProcessFile: text('post-process-file'),
    loresWidth: number('lores-width'),
    loresHeight: number('lores-height'),
    mode: text('mode'),
    noRaw: flag('no-raw'),
    denoise: text('denoise') ?? 'auto',
    flush: flag('flush'),
    bitrate: parseBitrate(text('bitrate') ?? '0bps'),
    profile: text('profile'),
    level: text('level'),
    intra: number('intra'),
    inline: flag('inline'),
    savePts: text('save-pts'),
    signal: flag('signal'),
    startPaused: text('initial') === 'pause',
    lowLatency: flag('low-latency'),
    libavFormat: text('libav-format') ?? '',
    libavCodecOptions: text('libav-video-codec-opts') ?? '',
    splitsOutput: number('segment') > 0 || flag('split') || number('circular') > 0,
  };
}

/** What the program refuses before it looks for a camera. */
export function checkBeforeCamera(values: OptionValues): void {
  const lens = values.get('lens-position') ?? '';
  if (lens !== '' && lens !== 'default' && Number.isNaN(Number.parseFloat(lens))) {
    throw new ProgramError(`Invalid lens position: ${lens}`);
  }
  parseTime(values.get('timeout') ?? '5sec', 1000);
  parseTime(values.get('shutter') ?? '0', 1);
  parseTime(values.get('flicker-period') ?? '0s', 1);
}

/** What the program refuses once it knows the cameras, in its own order and words. */
export function checkAfterCamera(values: OptionValues): void {
  checkRotation(Number(values.get('rotation') ?? 0));
  for (const [option, choices, complaint] of CHOICES) {
    const chosen = values.get(option);
    if (chosen !== undefined && !choices.includes(chosen)) {
      throw new ProgramError(complaint + chosen);
    }
  }
  if (numbersIn(values.get('awbgains') ?? '0,0') < 2) {
    throw new ProgramError('Invalid AWB gains');
  }
  const format = values.get('metadata-format') ?? 'json';
  if (!['json', 'txt'].includes(format.toLowerCase())) {
    throw new ProgramError(`unrecognised metadata format ${format}`);
  }
  checkMode(values.get('mode'));
  checkMode(values.get('viewfinder-mode'));
  parseBitrate(values.get('bitrate') ?? '0bps');
  const codec = values.get('codec') ?? 'h264';
  if (!['h264', 'libav', 'yuv420', 'mjpeg'].includes(codec.toLowerCase())) {
    throw new ProgramError(`unrecognised codec ${codec}`);
  }
  const initial = values.get('initial') ?? 'record';
  if (!['record', 'pause'].includes(initial)) {
    throw new ProgramError(`incorrect initial value ${initial}`);
  }
  const sync = values.get('sync') ?? 'off';
  if (!['off', 'server', 'client'].includes(sync)) {
    throw new ProgramError(`incorrect sync value ${sync}`);
  }
}

const CHOICES: readonly (readonly [option: string, choices: readonly string[], complaint: string])[] = [
  ['metering', ['centre', 'spot', 'average', 'matrix', 'custom'], 'Invalid metering mode: '],
  ['exposure', ['normal', 'sport', 'short', 'long', 'custom'], 'Invalid exposure mode:'],
  ['autofocus-mode', ['default', 'manual', 'auto', 'continuous'], 'Invalid AfMode:'],
  ['autofocus-range', ['normal', 'macro', 'full'], 'Invalid AfRange mode:'],
  ['autofocus-speed', ['normal', 'fast'], 'Invalid afSpeed mode:'],
  [
    'awb',
    ['auto', 'normal', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy', 'custom'],
    'Invalid AWB mode: ',
  ],
];

function checkRotation(degrees: number): void {
  if (degrees % 90 !== 0) {
    throw new ProgramError('illegal rotation value');
  }
  if (degrees % 180 !== 0) {
    throw new ProgramError('transforms requiring transpose not supported');
  }
}

function checkMode(mode: string | undefined): void {
  if (mode === undefined || mode === '') {
    return;
  }
  const [width, height, , packing = 'P'] = mode.split(':');
  if (numbersIn(width ?? '') === 0 || numbersIn(height ?? '') === 0) {
    throw new ProgramError('Invalid mode');
  }
  if (!['P', 'U'].includes(packing.toUpperCase())) {
    throw new ProgramError('Packing indicator should be P or U');
  }
}

/** How many numbers a comma-separated list starts with. */
function numbersIn(list: string): number {
  const parts = list.split(',').map((part) => Number.parseFloat(part));
  const bad = parts.findIndex(Number.isNaN);
  return bad < 0 ? parts.length : bad;
}
