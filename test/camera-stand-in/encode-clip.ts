import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { CACHE_FOLDER, clipFileName } from './clip-files.js';
import type { ClipParameters } from './clip-files.js';
import { isSlice, joinNals, NalType, splitAccessUnits } from './h264.js';
import { Scene } from './scene.js';

/**
 * How many pictures a clip of these parameters has: about four seconds, and an even number of GOPs.
 *
 * x264 gives consecutive IDR pictures the idr_pic_id 0 and 1 in turn, and two neighbours must differ (H.264 7.4.3).
 * With an even number the last IDR picture differs from the first too, and the clip may be played in a loop.
 */
export function pictureCount(clip: Pick<ClipParameters, 'framerate' | 'gop'>): number {
  const pairs = Math.max(1, Math.round((4 * clip.framerate) / (2 * clip.gop)));
  return pairs * 2 * clip.gop;
}

/**
 * The file of a clip with exactly these parameters, encoded first if the cache has none. The stand-in then plays it
 * when it is asked for the same parameters. Needs an ffmpeg with libx264 in the PATH.
 */
export async function ensureClip(clip: ClipParameters): Promise<string> {
  const file = join(CACHE_FOLDER, clipFileName(clip));
  if (!existsSync(file)) {
    await encodeClip(clip, file, pictureCount(clip));
  }
  return file;
}

/** Draws and encodes a clip. The file appears whole or not at all, whoever else is writing it. */
export async function encodeClip(clip: ClipParameters, file: string, count: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    await runEncoder(clip, unfinished, count);
    await writeFile(unfinished, secondRound(await readFile(unfinished), count));
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Encodes the scene twice in a row into a file. */
async function runEncoder(clip: ClipParameters, file: string, count: number): Promise<void> {
  const ffmpeg = spawn('ffmpeg', ffmpegArguments(clip, file), { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(ffmpeg, 'close') as Promise<[code: number | null]>;
  // A write after ffmpeg gave up fails too; its exit code below says it better.
  ffmpeg.stdin.on('error', () => undefined);
  const scene = new Scene(clip.width, clip.height, count);
  for (let index = 0; index < 2 * count && ffmpeg.exitCode === null; index++) {
    if (!ffmpeg.stdin.write(scene.picture(index % count))) {
      await Promise.race([once(ffmpeg.stdin, 'drain'), ended]);
    }
  }
  ffmpeg.stdin.end();
  const [code] = await ended;
  if (code !== 0) {
    throw new Error(`ffmpeg could not encode ${file}: it ended with code ${code ?? 'none'}.`);
  }
}

/**
 * The second of two rounds, with the encoder's SEI from the start of the first. The rate control has settled by then:
 * a loop that began with the poor first pictures of a stream would show it every time it comes round.
 */
function secondRound(stream: Buffer, count: number): Buffer {
  const units = splitAccessUnits(stream);
  const sei = units[0]?.nals.filter((nal) => nal.type === NalType.sei) ?? [];
  const [first, ...rest] = units.slice(count);
  if (first === undefined || units.length !== 2 * count) {
    throw new Error(`The encoder made ${units.length} pictures of ${2 * count}.`);
  }
  const headers = first.nals.filter((nal) => !isSlice(nal));
  const slices = first.nals.filter(isSlice);
  return Buffer.concat([
    joinNals([...headers, ...sei, ...slices]),
    ...rest.map((unit) => joinNals(unit.nals)),
  ]);
}

function ffmpegArguments(clip: ClipParameters, file: string): string[] {
  const { width, height, framerate, gop, slices, bitrate } = clip;
  const sliced = slices > 1 || clip.profile === 'baseline';
  const x264 = [
    `keyint=${gop}`,
    `min-keyint=${gop}`,
    'scenecut=0',
    'open-gop=0',
    `sliced-threads=${sliced ? 1 : 0}`,
    `threads=${slices}`,
    `slices=${slices}`,
  ];
  // The settings of the program's own libx264 path, with and without --low-latency.
  const preset = sliced ? 'ultrafast' : 'superfast';
  return [
    ...['-hide_banner', '-loglevel', 'error', '-y'],
    ...['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(framerate)],
    ...['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ...['-i', 'pipe:0'],
    ...(clip.noise === undefined ? [] : ['-vf', `noise=alls=${clip.noise}:allf=t`]),
    ...['-c:v', 'libx264', '-preset', preset],
    ...(clip.bFrames === true ? ['-bf', '1', '-b_strategy', '0'] : ['-tune', 'zerolatency', '-bf', '0']),
    ...(clip.level === undefined ? [] : ['-level', clip.level]),
    ...['-profile:v', clip.profile, '-x264-params', x264.join(':')],
    ...(bitrate > 0 ? ['-b:v', String(bitrate)] : ['-crf', '23']),
    ...['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ...['-f', 'h264', file],
  ];
}
