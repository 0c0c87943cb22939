import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ProcessSlots } from '../../src/media/process-slots.js';
import { systemClock } from '../../src/shared/clock.js';
import { EncoderError, encodeJpeg } from '../../src/snapshot/jpeg-encoder.js';
import { recording } from '../support/fixtures.js';
import { splitAccessUnits } from '../support/plain-h264.js';

const folder = mkdtempSync(join(tmpdir(), 'libcamera-encoder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyFrame = Buffer.concat(
  (splitAccessUnits(recording('vc4-720p30-intra30.h264'))[0] ?? []).flatMap(({ bytes }) => [
    Buffer.from([0, 0, 0, 1]),
    bytes,
  ]),
);

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

function encode(ffmpegPath: string | undefined, slots = new ProcessSlots()): Promise<Buffer> {
  return encodeJpeg(keyFrame, { ffmpegPath, environment: process.env, registry: slots, clock: systemClock });
}

async function failure(ffmpegPath: string): Promise<EncoderError> {
  const slots = new ProcessSlots();
  const error: unknown = await encode(ffmpegPath, slots).catch((reason: unknown) => reason);
  if (!(error instanceof EncoderError)) throw new Error(`no failure: ${String(error)}`);
  return error;
}

test('the real ffmpeg makes a JPEG of a key frame', async () => {
  const jpeg = await encode(undefined);
  expect(jpeg.readUInt16BE(0)).toBe(0xffd8);
  expect(jpeg.length).toBeGreaterThan(5000);
});

describe('an ffmpeg', () => {
  test('that does not exist', async () => {
    expect(await failure(join(folder, 'nothing'))).toMatchObject({ kind: 'missing' });
  });

  test.each([
    [
      'that fails',
      'echo "no such codec" >&2; exit 3',
      'ffmpeg made no still picture (exit status 3). It said: "no such codec".',
    ],
    ['that crashes', 'kill -SEGV $$', 'ffmpeg made no still picture (exit status none).'],
    ['that gives nothing', 'exit 0', 'ffmpeg made no still picture (exit status 0).'],
    ['that gives garbage', 'cat /dev/zero | head -c 50000', 'ffmpeg made no still picture (exit status 0).'],
    ['that does not read', 'exec 0<&-; sleep 0.2; exit 1', 'ffmpeg made no still picture (exit status 1).'],
    ['that never stops', 'exec cat /dev/zero', 'ffmpeg made no still picture (exit status none).'],
  ])('%s', async (what, script, message) => {
    expect(await failure(program(what.replaceAll(' ', '-'), script))).toMatchObject({
      kind: 'failed',
      message,
    });
  });

  test('that hangs is ended after 4 s, with what it started', async () => {
    const slots = new ProcessSlots();
    const error: unknown = await encode(program('hang', 'sleep 60 & wait'), slots).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringContaining('longer than 4 s') });
    const end = Date.now() + 3000;
    while (slots.anyAlive && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(slots.anyAlive).toBe(false);
  });
});
