import { openSync } from 'node:fs';
import type { Clip } from './clip.js';
import type { Encoder } from './encoder.js';
import type { Environment } from './environment.js';
import { FdWriter } from './fd-writer.js';
import type { Sink } from './fd-writer.js';
import { FlvMuxer } from './flv-muxer.js';
import { LibavEncoder } from './libav-encoder.js';
import { address, LibavLog } from './libav-log.js';
import { logLine } from './log.js';
import { AnnexBMuxer } from './muxer.js';
import { ProgramError } from './program-error.js';
import type { PtsFile } from './pts-file.js';
import type { Settings } from './settings.js';
import type { StreamPlan } from './stream-plan.js';
import { needsLevel42 } from './stream-plan.js';
import { Vc4Encoder } from './vc4-encoder.js';
import { WriteFaults } from './write-faults.js';

/** An encoder that is ready, and what it says in the end. */
export interface OpenEncoder {
  readonly encoder: Encoder;
  /** Prints what follows the last of so many pictures. */
  readonly closed: (pictures: number) => void;
}

/** Opens the platform's encoder, or throws what the program says instead. */
export function openEncoder(
  environment: Environment,
  settings: Settings,
  plan: StreamPlan,
  clip: Clip,
  pts: PtsFile | undefined,
  paused: () => boolean,
): OpenEncoder {
  const faults = new WriteFaults(environment);
  return environment.platform === 'vc4'
    ? openVc4(settings, clip, pts, paused, faults)
    : openLibav(settings, plan, clip, pts, faults);
}

function openVc4(
  settings: Settings,
  clip: Clip,
  pts: PtsFile | undefined,
  paused: () => boolean,
  faults: WriteFaults,
): OpenEncoder {
  const { profile, level, inline, flush } = settings;
  if (profile !== undefined && !['baseline', 'main', 'high'].includes(profile)) {
    throw new ProgramError(`no such profile ${profile}`);
  }
  if (level !== undefined && !['4', '4.1', '4.2'].includes(level)) {
    throw new ProgramError(`no such level ${level}`);
  }
  if (needsLevel42(settings) && settings.verbose > 0) {
    logLine('Overriding H.264 level 4.2');
  }
  if (settings.width > 2032) {
    throw new ProgramError('failed to start output streaming');
  }
  const encoder = new Vc4Encoder(openOutput(settings.output), clip, { inline, flush, pts, paused, faults });
  return { encoder, closed: () => undefined };
}

function openLibav(
  settings: Settings,
  plan: StreamPlan,
  clip: Clip,
  pts: PtsFile | undefined,
  faults: WriteFaults,
): OpenEncoder {
  const { output, bitrate, profile } = settings;
  const elementary = ['', 'h264'].includes(settings.libavFormat) && output.endsWith('264');
  if (!elementary && (pts !== undefined || settings.splitsOutput || settings.startPaused)) {
    logLine(
      '\nERROR: The libav encoder does not currently support the circular, segment, save_pts, split, ' +
        'or pause command line options with non-elementary streams!\n',
    );
    throw new ProgramError('libav: Incompatible options selected.');
  }
  const format = settings.libavFormat || (elementary || output === '' ? 'h264' : formatByName(output));
  if (profile !== undefined && !isLibavProfile(profile)) {
    throw new ProgramError(`libav: no such profile ${profile}`);
  }
  const facts = { format, output, framerate: plan.framerate, bitrate, profile };
  const log = new LibavLog(clip, facts);
  if (bitrate > 0 && bitrate < 1000) {
    log.badBitrate();
    throw new ProgramError('libav: unable to open video codec: -542398533');
  }
  log.opened();
  const muxer = format === 'flv' ? new FlvMuxer(clip, plan.framerate, bitrate) : new AnnexBMuxer(clip);
  const frameDuration = Math.floor(1e6 / plan.framerate);
  const sink = openOutput(output);
  const encoder = new LibavEncoder(sink, clip, muxer, frameDuration, plan.lowLatency, pts, faults);
  return { encoder, closed: (pictures) => log.closed(pictures) };
}

function formatByName(output: string): string {
  if (output.endsWith('.flv')) {
    return 'flv';
  }
  logLine(
    `[AVFormatContext @ ${address()}] Unable to choose an output format for '${output}'; ` +
      'use a standard extension for the filename or specify the format manually.',
  );
  throw new ProgramError('libav: cannot allocate output context, try setting with --libav-format');
}

/** libav takes any beginning of a profile's name, whatever its case. */
function isLibavProfile(profile: string): boolean {
  const names = ['baseline', 'constrained baseline', 'main', 'extended', 'high'];
  return profile !== '' && names.some((name) => name.startsWith(profile.toLowerCase()));
}

/** Without `-o` the program encodes for nothing. */
function openOutput(output: string): Sink {
  if (output === '-') {
    return new FdWriter(1);
  }
  try {
    return new FdWriter(openSync(output === '' ? '/dev/null' : output, 'w'));
  } catch {
    throw new ProgramError('failed to open output file');
  }
}
