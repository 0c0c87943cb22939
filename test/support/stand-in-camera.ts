import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { readCounter } from '../camera-stand-in/counter.js';
import { cameraStandIn } from '../setup/paths.js';

/** Pictures in the clip that the stand-in plays over and over (test/camera-stand-in/README.md). */
export const clipPictures = 120;

/** The stand-in with an environment of its own, so that cameras of one Homebridge can differ. */
export interface StandInCamera {
  /** For `program` in the configuration. */
  readonly program: string;
  /** How many pictures it has written, over all its lives. */
  pictures(): number;
  /** Number of its newest picture since its last start, or -1. */
  newest(): number;
}

/** @param faults variables of the stand-in, without their prefix */
export function standInCamera(
  folder: string,
  name: string,
  faults: Readonly<Record<string, string | number>> = {},
): StandInCamera {
  const writeLog = join(folder, `${name}.log`);
  const program = writeScript(
    join(folder, `${name}.sh`),
    [
      ...Object.entries({ ...faults, NODE: process.execPath, WRITE_LOG: writeLog }).map(
        ([key, value]) => `export CAMERA_STAND_IN_${key}='${value}'`,
      ),
      `exec '${cameraStandIn}' "$@"`,
    ].join('\n'),
  );
  const lines = (): readonly string[] => readLines(writeLog);
  return {
    program,
    pictures: () => lines().length,
    newest: () => Number(lines().at(-1)?.split(' ')[0] ?? -1),
  };
}

/** Whole lines only: the last one may be half written. */
function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}

/** Writes a program for the shell and answers with its path. */
export function writeScript(path: string, text: string): string {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The counter in a JPEG of the stand-in's picture, or null when there is none in it. */
export async function counterInJpeg(jpeg: Buffer): Promise<number | null> {
  const [width, height] = [640, 360];
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'mjpeg', '-i', 'pipe:0', '-vf', `scale=${width}:${height}`],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  ffmpeg.stdin.on('error', () => undefined);
  ffmpeg.stdin.end(jpeg);
  return readCounter(await buffer(ffmpeg.stdout), width, height);
}
