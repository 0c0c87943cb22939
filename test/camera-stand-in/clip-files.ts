import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project-root.js';

/** What distinguishes one clip from another. */
export interface ClipParameters {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Pictures per second. */
  readonly framerate: number;
  /** Pictures from one IDR picture to the next. */
  readonly gop: number;
  /** Slices per picture. */
  readonly slices: number;
  /** In bit/s; 0 leaves the quality constant, as `--bitrate 0` does. */
  readonly bitrate: number;
  readonly profile: 'baseline' | 'main' | 'high';
  /** Every second picture a B picture, as x264 does without `--low-latency`; no by default. */
  readonly bFrames?: boolean;
  /** The H.264 level to write into it; the lowest that fits by default. Not part of the name: playing patches it. */
  readonly level?: string;
  /**
   * Strength of the noise over the scene, as a sensor has it; none by default. Without it the encoder cannot use up a high
   * bit rate. Not part of the name.
   */
  readonly noise?: number;
}

/** Clips that ship with the repository. */
export const SHIPPED_FOLDER = join(PROJECT_ROOT, 'test', 'fixtures', 'clips');

/** Clips that were encoded on this machine for a test or a bench. */
export const CACHE_FOLDER = join(PROJECT_ROOT, '.cache', 'clips');

/** The shipped clips: 720p30, an IDR picture every second. They serve every request without a fitting clip. */
export const SHIPPED = {
  vc4: {
    file: 'vc4-720p30.h264',
    slices: 1,
    bitrate: 1_150_000,
    profile: 'high',
    bFrames: false,
    level: '4.0',
  },
  lowLatency: {
    file: 'pisp-low-latency-720p30.h264',
    slices: 4,
    bitrate: 1_150_000,
    profile: 'baseline',
    bFrames: false,
  },
  bFrames: {
    file: 'pisp-b-frames-720p30.h264',
    slices: 1,
    bitrate: 1_150_000,
    profile: 'high',
    bFrames: true,
  },
} as const;

/** Size, rate and GOP of every shipped clip. */
export const SHIPPED_FORMAT = { width: 1280, height: 720, framerate: 30, gop: 30 } as const;

/** One of {@link SHIPPED}. */
export type ShippedClip = (typeof SHIPPED)[keyof typeof SHIPPED];

/** The name of a clip in the cache. */
export function clipFileName(clip: ClipParameters): string {
  const parts = [
    `${clip.width}x${clip.height}`,
    `${clip.framerate}fps`,
    `gop${clip.gop}`,
    `${clip.slices}slices`,
    `${clip.bitrate}bps`,
    clip.bFrames === true ? `${clip.profile}-b-frames` : clip.profile,
  ];
  return `${parts.join('-')}.h264`;
}

/** The file that plays for these parameters: from the cache if there is one for exactly them, else the shipped one. */
export function chooseClipFile(wanted: ClipParameters, shipped: ShippedClip): string {
  const cached = join(CACHE_FOLDER, clipFileName(wanted));
  return existsSync(cached) ? cached : join(SHIPPED_FOLDER, shipped.file);
}
