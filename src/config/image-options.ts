import type { Options } from './option-types.js';

const fraction = '(?:0(?:\\.\\d+)?|1(?:\\.0+)?|\\.\\d+)';
const rectangle = {
  matches: new RegExp(`^${fraction}(?:,${fraction}){3}$`),
  allowed: 'x,y,width,height as fractions of the picture, like 0.25,0.25,0.5,0.5',
};
const duration = {
  matches: /^\d+(?:\.\d+)?(?:min|sec|s|ms|us|ns)?$/,
  allowed: 'a time like 10000us or 10ms; a plain number is microseconds',
};

/**
 * Image options of a camera, passed on under rpicam-vid's own names and with its bounds (rpicam-apps options.cpp). One
 * has another name: rpicam's `mode` is `sensor-mode` here, because `mode` says when the camera runs.
 */
export const imageOptions = {
  hflip: { kind: 'flag', title: 'Mirror left to right', text: 'Swaps left and right.' },
  vflip: { kind: 'flag', title: 'Mirror top to bottom', text: 'Swaps top and bottom.' },
  rotation: { kind: 'choice', choices: [0, 180], title: 'Rotation', text: 'Degrees.' },
  roi: {
    kind: 'text',
    pattern: rectangle,
    title: 'Region of interest',
    text: 'The part of the picture to show.',
  },
  shutter: { kind: 'text', pattern: duration, title: 'Shutter', text: 'Fixed exposure time.' },
  gain: { kind: 'number', min: 0, max: 64, title: 'Gain', text: 'Fixed amplification.' },
  ev: { kind: 'number', min: -10, max: 10, title: 'Exposure value', text: 'Brighter or darker, in stops.' },
  exposure: {
    kind: 'choice',
    choices: ['normal', 'sport', 'short', 'long', 'custom'],
    title: 'Exposure mode',
    text: 'sport: short exposure times, for movement.',
  },
  metering: {
    kind: 'choice',
    choices: ['centre', 'spot', 'average', 'matrix', 'custom'],
    title: 'Metering',
    text: 'Where the brightness is measured.',
  },
  awb: {
    kind: 'choice',
    choices: [
      'auto',
      'normal',
      'incandescent',
      'tungsten',
      'fluorescent',
      'indoor',
      'daylight',
      'cloudy',
      'custom',
    ],
    title: 'White balance',
    text: 'Which light the colours are corrected for.',
  },
  awbgains: {
    kind: 'text',
    pattern: { matches: /^\d+(?:\.\d+)?,\d+(?:\.\d+)?$/, allowed: 'the gains of red and blue, like 1.5,1.2' },
    title: 'White balance gains',
    text: 'Fixed gains of red and blue.',
  },
  brightness: { kind: 'number', min: -1, max: 1, title: 'Brightness', text: '0 is normal.' },
  contrast: { kind: 'number', min: 0, max: 15.99, title: 'Contrast', text: '1 is normal.' },
  saturation: { kind: 'number', min: 0, max: 15.99, title: 'Saturation', text: '1 is normal, 0 is grey.' },
  sharpness: { kind: 'number', min: 0, max: 15.99, title: 'Sharpness', text: '1 is normal.' },
  denoise: {
    kind: 'choice',
    choices: ['auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq'],
    title: 'Noise reduction',
    text: 'cdn_off helps at high frame rates.',
  },
  hdr: {
    kind: 'choice',
    choices: ['off', 'auto', 'sensor', 'single-exp'],
    title: 'High dynamic range',
    text: 'sensor: in the Camera Module 3. single-exp: on a Pi 5.',
  },
  'autofocus-mode': {
    kind: 'choice',
    choices: ['default', 'manual', 'auto', 'continuous'],
    title: 'Autofocus',
    text: 'For cameras with a lens that moves.',
  },
  'autofocus-range': {
    kind: 'choice',
    choices: ['normal', 'macro', 'full'],
    title: 'Autofocus range',
    text: 'The distances that are searched.',
  },
  'autofocus-speed': {
    kind: 'choice',
    choices: ['normal', 'fast'],
    title: 'Autofocus speed',
    text: 'How fast the lens moves.',
  },
  'autofocus-window': {
    kind: 'text',
    pattern: rectangle,
    title: 'Autofocus window',
    text: 'The part of the picture that is brought into focus.',
  },
  'lens-position': {
    kind: 'text',
    pattern: { matches: /^(?:default|\d+(?:\.\d+)?)$/, allowed: 'dioptres (1 / metres), or default' },
    title: 'Lens position',
    text: 'Fixed focus: 1 divided by the distance in metres; 0 is infinity.',
  },
  'tuning-file': { kind: 'text', title: 'Tuning file', text: 'Path of a tuning file for the sensor.' },
  'sensor-mode': {
    kind: 'text',
    pattern: {
      matches: /^\d+:\d+(?::\d+(?::[PU])?)?$/,
      allowed: 'width:height:bits:packing, like 2304:1296:10:P',
    },
    title: 'Sensor mode',
    text: 'Mode of the sensor; the --mode of rpicam-vid.',
  },
  'flicker-period': {
    kind: 'text',
    pattern: duration,
    title: 'Flicker period',
    text: '10000us against flicker of 50 Hz light, 8333us for 60 Hz.',
  },
  'buffer-count': {
    kind: 'number',
    min: 1,
    max: 6,
    integer: true,
    title: 'Buffers',
    text: 'Fewer save memory on a small Pi.',
  },
  'no-raw': {
    kind: 'flag',
    title: 'No raw stream',
    text: 'Saves memory, but the sensor mode cannot be chosen.',
  },
  sync: {
    kind: 'choice',
    choices: ['off', 'server', 'client'],
    title: 'Synchronisation',
    text: 'Takes pictures at the same moment as another camera.',
  },
  'post-process-file': {
    kind: 'text',
    title: 'Post-processing file',
    text: 'Path of a post-processing file.',
  },
} as const satisfies Options;

/** The name of an image option in the configuration → rpicam-vid's name of it. */
export const programNames: ReadonlyMap<string, string> = new Map(
  Object.keys(imageOptions).map((name) => [name, name === 'sensor-mode' ? 'mode' : name]),
);
