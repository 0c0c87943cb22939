import { chooseClipFile, SHIPPED } from './clip-files.js';
import type { ClipParameters, ShippedClip } from './clip-files.js';
import type { Platform } from './environment.js';
import type { Settings } from './settings.js';

/** Which encoder runs, and with which parameters. */
export interface StreamPlan {
  /** Pictures per second. */
  readonly framerate: number;
  /** libx264 without any delay. */
  readonly lowLatency: boolean;
  /** level_idc to claim, if not that of the clip. */
  readonly level: number | undefined;
  readonly clipFile: string;
}

/** Cores of a Pi 5: what libx264 makes as many slices of a picture of. */
const CORES = 4;

/** Macroblocks per second that level 4.0 allows. The program raises the level by itself above that. */
const LEVEL_40_LIMIT = 245_760;

/** Chooses the clip for what was asked. */
export function planStream(platform: Platform, settings: Settings): StreamPlan {
  const framerate = settings.framerate ?? 30;
  const options = codecOptions(settings.libavCodecOptions);
  const lowLatency =
    settings.lowLatency || (options.get('tune') === 'zerolatency' && options.get('bf') === '0');
  const size = { width: settings.width, height: settings.height, framerate, bitrate: settings.bitrate };
  const wanted: ClipParameters =
    platform === 'vc4'
      ? { ...size, gop: settings.intra || 60, slices: 1, profile: profileOf(settings, 'high') }
      : {
          ...size,
          gop: settings.intra || framerate,
          slices: lowLatency ? sliceCount(options) : 1,
          profile: lowLatency ? 'baseline' : profileOf(settings, 'high'),
          bFrames: !lowLatency,
        };
  const shipped: ShippedClip =
    platform === 'vc4' ? SHIPPED.vc4 : lowLatency ? SHIPPED.lowLatency : SHIPPED.bFrames;
  const clipFile = chooseClipFile(wanted, shipped);
  return { framerate, lowLatency, level: levelOf(settings), clipFile };
}

function profileOf(settings: Settings, standard: ClipParameters['profile']): ClipParameters['profile'] {
  const profile = settings.profile?.toLowerCase();
  return profile === 'baseline' || profile === 'main' || profile === 'high' ? profile : standard;
}

function levelOf(settings: Settings): number | undefined {
  return settings.level === undefined ? undefined : Math.round(Number.parseFloat(settings.level) * 10);
}

/** `--libav-video-codec-opts`: `key=value;key=value`. */
function codecOptions(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return new Map(pairs);
}

/** libx264 makes one slice per thread; `slices` counts only with a single thread. */
function sliceCount(options: ReadonlyMap<string, string>): number {
  const threads = Number(options.get('threads') ?? 0);
  const slices = Number(options.get('slices') ?? CORES);
  if (options.get('x264-params')?.includes('threads=1') === true) {
    return slices;
  }
  return threads > 1 ? threads : threads === 1 ? slices : CORES;
}

/** True if the pictures are too many or too large for level 4.0. */
export function needsLevel42(settings: Settings): boolean {
  const macroblocks = ((settings.width + 15) >> 4) * ((settings.height + 15) >> 4);
  return macroblocks * (settings.framerate ?? 30) > LEVEL_40_LIMIT;
}
