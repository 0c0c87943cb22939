import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE_FOLDER, clipFileName, type ClipParameters } from '../test/camera-stand-in/clip-files.js';
import { encodeClip, pictureCount } from '../test/camera-stand-in/encode-clip.js';
import { joinNals, NalType, splitAccessUnits } from '../test/camera-stand-in/h264.js';
import type { Platform } from './stand-in.js';

/** What every relay has to carry. */
export const source = { width: 1920, height: 1080, framerate: 30, gop: 60, bitrate: 5_000_000 } as const;

/** Enough that the encoder needs all of its bit rate. */
const noise = 8;

/** The clips that the stand-in plays when it is asked for {@link source} as the plugin asks. */
const clips: Readonly<Record<Platform, ClipParameters>> = {
  vc4: { ...source, slices: 1, profile: 'high', level: '4.0', noise },
  pisp: { ...source, slices: 4, profile: 'baseline', noise },
};

/** How far the bit rate of a clip may be from what was asked for. */
const tolerance = 0.05;
const attempts = 6;

/** Encodes the clips if they are not there yet. @returns their bit rates */
export async function prepareClips(): Promise<Readonly<Record<Platform, number>>> {
  const rates: Record<Platform, number> = { vc4: 0, pisp: 0 };
  for (const platform of ['vc4', 'pisp'] as const) rates[platform] = await prepareClip(clips[platform]);
  return rates;
}

/** Within a few seconds x264 does not quite meet the bit rate, so it is asked for another one until it does. */
async function prepareClip(clip: ClipParameters): Promise<number> {
  const file = fileOf(clip);
  let asked = clip.bitrate;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const rate = existsSync(file) ? bitRate(clip, statSync(file).size) : 0;
    if (Math.abs(rate / clip.bitrate - 1) <= tolerance) return rate;
    if (attempt > 0) asked *= clip.bitrate / rate;
    await encodeClip({ ...clip, bitrate: Math.round(asked) }, file, pictureCount(clip));
  }
  return bitRate(clip, statSync(file).size);
}

function fileOf(clip: ClipParameters): string {
  return join(CACHE_FOLDER, clipFileName(clip));
}

function bitRate(clip: ClipParameters, bytes: number): number {
  return (bytes * 8 * clip.framerate) / pictureCount(clip);
}

/** Arguments of the camera program for {@link source} on vc4: what a peer would be told to use. */
export const peerArguments: readonly string[] = [
  ...['--nopreview', '--timeout', '0', '--inline', '--flush', '--output', '-', '--codec', 'h264'],
  ...['--width', String(source.width), '--height', String(source.height)],
  ...['--framerate', String(source.framerate), '--bitrate', String(source.bitrate)],
  ...['--profile', 'high', '--level', '4', '--intra', String(source.gop)],
];

/** Bytes of each picture in the vc4 stream, which repeats the clip without the encoder's message (SEI). */
export function pictureSizes(): number[] {
  const units = splitAccessUnits(readFileSync(fileOf(clips.vc4)));
  return units.map(({ nals, idr }) => {
    const written = nals.filter(({ type }) => type !== NalType.sei);
    // The first unit of a picture has the long start code.
    return joinNals(idr ? written : written.map((nal, i) => (i === 0 ? { ...nal, startCode: 4 } : nal)))
      .length;
  });
}
