import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../src/shared/clock.js';
import { encodeJpeg } from '../../src/snapshot/jpeg-encoder.js';
import { eventually } from '../support/eventually.js';
import { writeScript } from '../support/stand-in-camera.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-ffmpeg-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** More than a pipe takes when nobody reads. */
const longKeyFrame = Buffer.alloc(4_000_000);

const encodeWith = (script: string): Promise<Buffer> =>
  encodeJpeg(longKeyFrame, {
    ffmpegPath: writeScript(join(folder, 'ffmpeg.sh'), script),
    environment: process.env,
    registry: { add: () => () => undefined },
    clock: systemClock,
  });

test('an ffmpeg that ends before it has read its picture is a failure like any other', async () => {
  await expect(encodeWith('exit 1')).rejects.toThrow('ffmpeg made no still picture (exit status 1)');
});

test('what an ffmpeg leaves behind when it ends is ended as well', async () => {
  const pidFile = join(folder, 'pid');
  await expect(encodeWith(`sleep 600 & echo $! > '${pidFile}'; exit 1`)).rejects.toThrow('ffmpeg');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  try {
    await eventually('the end of what it left', 5_000, () => !isRunning(pid));
  } finally {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
});

/** A zombie does not run; who its parent is, is not our business here. */
function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
