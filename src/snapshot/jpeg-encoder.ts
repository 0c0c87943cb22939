import type { Clock } from '../shared/clock.js';
import { findExecutable } from '../shared/find-executable.js';
import { type ProcessRegistry, signalBound, spawnBound } from '../shared/spawn-bound.js';

/** Decoding one picture takes 0.1 s on a Pi 4, and 1 s on a busy Zero 2. */
const deadlineMs = 4000;
/** More than the JPEG of any camera picture. */
const maxJpegBytes = 16 * 1024 * 1024;

const ffmpegArguments = [
  ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-threads', '1'],
  ...['-f', 'h264', '-i', 'pipe:0', '-frames:v', '1', '-f', 'mjpeg', '-q:v', '4', 'pipe:1'],
];

/** Why a picture could not be made, for people. `missing`: there is no ffmpeg. */
export class EncoderError extends Error {
  override readonly name = 'EncoderError';

  constructor(
    readonly kind: 'missing' | 'failed',
    message: string,
  ) {
    super(message);
  }
}

export interface JpegEncoderOptions {
  /** Path of ffmpeg; searched in PATH when it is left out. */
  readonly ffmpegPath: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
}

/**
 * Makes a JPEG of an IDR picture with a process of ffmpeg of its own.
 *
 * @param keyFrame Annex B with its parameter sets
 * @throws {EncoderError}
 */
export async function encodeJpeg(keyFrame: Buffer, options: JpegEncoderOptions): Promise<Buffer> {
  const { ffmpegPath, environment, registry, clock } = options;
  const path = await findExecutable([ffmpegPath ?? 'ffmpeg'], environment);
  if (path === undefined) {
    const problem =
      ffmpegPath === undefined
        ? 'There are no still pictures because ffmpeg is not installed. Install it: sudo apt install ffmpeg'
        : `There are no still pictures because "ffmpegPath" ${ffmpegPath} does not exist or cannot be run. Correct it, or leave it out.`;
    throw new EncoderError('missing', problem);
  }
  return new Promise((resolve, reject) => {
    const child = spawnBound(path, ffmpegArguments, environment, registry, 'pipe');
    const chunks: Buffer[] = [];
    let bytes = 0;
    let said = '';
    const cancel = clock.after(deadlineMs, () => {
      signalBound(child, 'SIGKILL');
      reject(
        new EncoderError(
          'failed',
          `ffmpeg took longer than ${deadlineMs / 1000} s for a still picture and was ended.`,
        ),
      );
    });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => undefined);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxJpegBytes) chunks.push(chunk);
      else signalBound(child, 'SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-300)));
    child.once('error', (error) => {
      cancel();
      reject(new EncoderError('failed', `ffmpeg could not be started: ${error.message}.`));
    });
    child.once('close', (code) => {
      cancel();
      const jpeg = Buffer.concat(chunks);
      if (code === 0 && isJpeg(jpeg)) resolve(jpeg);
      else reject(new EncoderError('failed', explain(code, said)));
    });
    child.stdin?.end(keyFrame);
  });
}

function explain(code: number | null, said: string): string {
  const last = said.trim().split('\n').at(-1) ?? '';
  return `ffmpeg made no still picture (exit status ${code ?? 'none'})${last ? `. It said: "${last}"` : ''}.`;
}

/** Start and end markers (ITU-T T.81, B.1.1.3: SOI and EOI). */
function isJpeg(bytes: Buffer): boolean {
  return (
    bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9
  );
}
