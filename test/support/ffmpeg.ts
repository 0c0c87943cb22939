import { spawnSync } from 'node:child_process';
import { longStartCode } from '../../src/video/nal.js';

/** Runs ffmpeg or ffprobe to its end. */
export function runFfmpeg(
  program: 'ffmpeg' | 'ffprobe',
  args: readonly string[],
  input: Buffer = Buffer.alloc(0),
): { readonly stdout: Buffer; readonly stderr: string } {
  const argv = program === 'ffmpeg' ? ['-hide_banner', '-nostdin', ...args] : ['-hide_banner', ...args];
  const { stdout, stderr, status, error } = spawnSync(program, argv, {
    input,
    maxBuffer: 2 ** 28,
    timeout: 20_000,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.toString().slice(-2000)}`);
  return { stdout, stderr: stderr.toString() };
}

/** NAL units as Annex B. */
export const annexB = (nals: readonly Buffer[]): Buffer =>
  Buffer.concat(nals.flatMap((nal) => [longStartCode, nal]));

/**
 * What ffmpeg reads in sequence parameter sets: for each a list of `name = value`, in order.
 *
 * @param picture NAL units of an IDR picture with its parameter sets: without one ffmpeg does not begin
 */
export function traceSps(spss: readonly Buffer[], picture: readonly Buffer[]): string[][] {
  const input = annexB([...picture, ...spss, ...picture]);
  const args = ['-f', 'h264', '-i', 'pipe:0', '-c', 'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'];
  const { stderr } = runFfmpeg('ffmpeg', args, input);
  const failure = /^.*\n.*Failed to read unit.*$/m.exec(stderr);
  if (failure) throw new Error(failure[0]);
  const traced: string[][] = [];
  let fields: string[] | undefined;
  let packets = false;
  for (const line of stderr.split('\n')) {
    const said = /^\[trace_headers @ \w+\] (.*)$/.exec(line)?.[1];
    if (said === undefined) continue;
    const field = /^\d+ +(\S+) +[01]+ = (-?\d+)$/.exec(said);
    if (field) fields?.push(`${field[1] ?? ''} = ${field[2] ?? ''}`);
    else if (said.startsWith('Packet:')) packets = true;
    else fields = undefined;
    // In front of the packets it reads the parameter sets of the first picture.
    if (packets && said === 'Sequence Parameter Set') traced.push((fields = []));
  }
  // Without those of the picture itself, in front and behind.
  return traced.slice(1, -1);
}
