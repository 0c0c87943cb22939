import type { Clip } from './clip.js';
import { logLine } from './log.js';

/** x264's names of the profiles. */
const PROFILE_NAMES: Readonly<Record<number, string>> = {
  66: 'Constrained Baseline',
  77: 'Main',
  100: 'High',
};

/** What the lines tell about a stream. */
export interface StreamFacts {
  readonly format: string;
  readonly output: string;
  /** Pictures per second. */
  readonly framerate: number;
  /** In bit/s, 0 if it was not given. */
  readonly bitrate: number;
  /** As given on the command line. */
  readonly profile: string | undefined;
}

/** The lines that libx264 and libav print whatever `--verbose` says. */
export class LibavLog {
  private readonly x264 = `[libx264 @ ${address()}]`;
  private readonly muxer: string;

  public constructor(
    private readonly clip: Clip,
    private readonly facts: StreamFacts,
  ) {
    this.muxer = `[${facts.format} @ ${address()}]`;
  }

  /** A bit rate that rounds down to nothing; libx264 does not open with it. */
  public badBitrate(): void {
    const { bitrate } = this.facts;
    logLine(`${this.x264} Bitrate ${bitrate} is extremely low, maybe you mean ${bitrate}k`);
    logLine(`${this.x264} bitrate not specified`);
  }

  public opened(): void {
    const { profile, level, width, height } = this.clip.sps;
    const { format, output, framerate, bitrate } = this.facts;
    const profileName = PROFILE_NAMES[profile] ?? String(profile);
    logLine(`${this.x264} using cpu capabilities: MMX2 SSE2Fast SSSE3 SSE4.2 AVX FMA3 BMI2 AVX2 AVX512`);
    logLine(`${this.x264} profile ${profileName}, level ${(level / 10).toFixed(1)}, 4:2:0, 8-bit`);
    if (format === 'flv') {
      // Only with headers of its own does libav print what x264 writes into the stream otherwise.
      logLine(`${this.x264} 264 - core 164 r3108 31e19f9 - H.264/MPEG-4 AVC codec - options: unknown`);
    }
    const asked = this.facts.profile === undefined ? '' : ` (${capitalised(this.facts.profile)})`;
    const rate = bitrate > 0 ? ` ${Math.floor(bitrate / 1000)} kb/s,` : '';
    logLine(`Output #0, ${format}, to '${output}':`);
    logLine(
      `  Stream #0:0: Video: h264${asked}, yuv420p(tv, bt709), ${width}x${height}, q=2-31,${rate} ` +
        `${framerate} fps, ${framerate} tbr, 1000k tbn`,
    );
    logLine('      Side data:');
    logLine(`        cpb: bitrate max/min/avg: 0/0/${bitrate} buffer size: 0 vbv_delay: N/A`);
  }

  /** The statistics at the end. Their numbers are made up, except for how many pictures there were. */
  public closed(pictures: number): void {
    if (this.facts.format === 'flv') {
      logLine(`${this.muxer} Failed to update header with correct duration.`);
      logLine(`${this.muxer} Failed to update header with correct filesize.`);
    }
    const gop = this.clip.pictures.findIndex(({ idr }, index) => index > 0 && idr);
    const keys = Math.ceil(pictures / Math.max(1, gop));
    const lines = [
      `frame I:${String(keys).padEnd(5)} Avg QP:32.00  size: 44898`,
      `frame P:${String(pictures - keys).padEnd(5)} Avg QP:24.37  size:  1500`,
      'mb I  I16..4: 100.0%  0.0%  0.0%',
      'mb P  I16..4:  6.4%  0.0%  0.0%  P16..4:  9.3%  0.0%  0.0%  0.0%  0.0%    skip:84.3%',
      ...(this.facts.bitrate > 0 ? ['final ratefactor: 26.06'] : []),
      ...(this.clip.sps.profile >= 100 ? ['8x8 transform intra:0.2% inter:0.2%'] : []),
      'coded y,uvDC,uvAC intra: 6.9% 0.0% 0.0% inter: 1.5% 0.0% 0.0%',
      'i16 v,h,dc,p: 83%  7%  9%  0%',
      'i8c dc,h,v,p: 100%  0%  0%  0%',
      'kb/s:713.07',
    ];
    for (const line of lines) {
      logLine(`${this.x264} ${line}`);
    }
  }
}

/** A made-up address of a codec or muxer. */
export function address(): string {
  return `0x5${Math.floor(Math.random() * 2 ** 44)
    .toString(16)
    .padStart(11, '0')}`;
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}
