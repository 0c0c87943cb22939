import { imageOptions } from './image-options.js';
import type { Options } from './option-types.js';

/** Every option of a camera, in the order of the settings form. Image options stand beside the others. */
export const cameraOptions = {
  name: {
    kind: 'text',
    title: 'Name',
    text: 'What the camera is called in the Home app and on its page.',
  },
  id: {
    kind: 'text',
    title: 'Name in the address',
    text: 'Made from the name once and kept when the name changes. Set it only to choose it yourself.',
  },
  camera: {
    kind: 'camera',
    default: 0,
    title: 'Camera',
    text: 'Number of the camera in "rpicam-vid --list-cameras". (In the JSON editor also the long id in brackets there.)',
  },
  program: {
    kind: 'text',
    title: 'Camera program',
    text: 'Path of the camera program. Left out: rpicam-vid, or libcamera-vid on older systems.',
  },
  width: {
    kind: 'number',
    default: 1280,
    min: 64,
    max: 4608,
    integer: true,
    title: 'Width',
    text: 'Pixels.',
  },
  height: {
    kind: 'number',
    default: 720,
    min: 64,
    max: 2592,
    integer: true,
    title: 'Height',
    text: 'Pixels.',
  },
  framerate: {
    kind: 'number',
    default: 30,
    min: 1,
    max: 120,
    title: 'Frame rate',
    text: 'Pictures per second.',
  },
  bitrate: {
    kind: 'number',
    default: 4_000_000,
    min: 100_000,
    max: 25_000_000,
    integer: true,
    title: 'Bit rate',
    text: 'Bits per second: 4000000 is 4 Mbit/s.',
  },
  keyFrameInterval: {
    kind: 'number',
    default: 1,
    min: 0.1,
    max: 20,
    title: 'Key frame interval',
    text: 'Seconds between two key frames. After a loss the picture comes back with the next one.',
  },
  mode: {
    kind: 'choice',
    choices: ['onDemand', 'always'],
    default: 'onDemand',
    title: 'When the camera runs',
    text: 'onDemand: while somebody watches. always: all the time.',
  },
  linger: {
    kind: 'number',
    default: 30,
    min: 0,
    max: 3600,
    title: 'Linger',
    text: 'Seconds the camera goes on when the last viewer has left.',
  },
  snapshotInterval: {
    kind: 'number',
    default: 60,
    min: 10,
    max: 3600,
    title: 'Snapshot interval',
    text: 'Seconds: while nobody watches, the camera is started for a still picture at most this often.',
  },
  extraArguments: {
    kind: 'texts',
    title: 'Further arguments',
    text: 'Passed to the camera program as they are, one word each.',
  },
  homekit: {
    kind: 'group',
    title: 'HomeKit',
    text: 'How the camera appears in the Home app.',
    options: {
      enabled: {
        kind: 'flag',
        default: true,
        title: 'Show in the Home app',
        text: 'Whether it appears there at all.',
      },
      unbridged: {
        kind: 'flag',
        default: false,
        title: 'Separate accessory',
        text: 'Added to the Home app by itself instead of with the bridge; faster with many accessories.',
      },
      maxStreams: {
        kind: 'number',
        default: 4,
        min: 1,
        max: 16,
        integer: true,
        title: 'Streams',
        text: 'How many may watch in the Home app at once.',
      },
      transcode: { kind: 'later' },
      join: { kind: 'later' },
    },
  },
  ...imageOptions,
} as const satisfies Options;

export const relayOptions = {
  enabled: { kind: 'flag', default: true, title: 'Live view', text: 'Whether browsers can watch at all.' },
  host: {
    kind: 'text',
    default: '::',
    title: 'Listen on',
    text: 'Address to listen on. "::" is every address, "127.0.0.1" this machine only.',
  },
  port: {
    kind: 'number',
    default: 8190,
    min: 1,
    max: 65_535,
    integer: true,
    title: 'Port',
    text: 'TCP port.',
  },
  access: {
    kind: 'choice',
    choices: ['token', 'open'],
    default: 'token',
    title: 'Access',
    text: 'token: only with the access token. open: everybody who can reach the port.',
  },
  maxDelay: {
    kind: 'number',
    default: 0.5,
    min: 0.2,
    max: 10,
    title: 'Longest delay',
    text: 'Seconds a viewer may be behind. Who is later than that loses pictures until he is live again.',
  },
  basePath: {
    kind: 'text',
    default: '',
    pattern: { matches: /^(?:(?:\/[\w.~-]+)+\/?)?$/, allowed: 'a path like /cameras' },
    title: 'Base path',
    text: 'Path in front of all addresses, for a reverse proxy that passes it on.',
  },
  tls: { kind: 'later' },
  allowedOrigins: { kind: 'later' },
  allowedHosts: { kind: 'later' },
  trustProxy: { kind: 'later' },
} as const satisfies Options;

/** The platform's own options, beside `cameras`. */
export const platformOptions = {
  name: { kind: 'text', default: 'Libcamera', title: 'Name', text: 'What the plugin is called in the log.' },
  relay: {
    kind: 'group',
    title: 'Live view in the browser',
    text: 'Where and for whom the cameras can be watched in a browser.',
    options: relayOptions,
  },
  ffmpegPath: {
    kind: 'text',
    title: 'ffmpeg',
    text: 'Path of ffmpeg, which makes the still pictures. Left out: found by itself.',
  },
} as const satisfies Options;
