import type { CameraPlatform } from './platform.js';

/** Width and height of a picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The encoder of a Pi 0 to 4 refuses more: "failed to start output streaming" (rpicam-apps#23, #508). */
const widestOnVc4 = 2032;

/**
 * The size that can be encoded and comes closest: even (YUV 4:2:0), and unless it is a Pi 5 at most 2032 pixels wide, with
 * the aspect ratio kept.
 *
 * @param wanted whole pixels, at least 1
 */
export function pictureSize({ width, height }: PictureSize, platform: CameraPlatform): PictureSize {
  if (platform === 'pisp' || even(width) <= widestOnVc4) return { width: even(width), height: even(height) };
  return { width: widestOnVc4, height: even((height * widestOnVc4) / width) };
}

function even(pixels: number): number {
  return Math.max(2, 2 * Math.floor(pixels / 2));
}
