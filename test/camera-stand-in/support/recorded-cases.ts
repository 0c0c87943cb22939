import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../project-root.js';

/** The recordings of the real program. */
export const RECORDINGS = join(PROJECT_ROOT, 'test', 'fixtures', 'recordings');

/** One block of failures-and-signals.txt. */
export interface RecordedCase {
  readonly title: string;
  /** Without the program. */
  readonly argv: readonly string[];
  /** `code N` or `signal NAME`. */
  readonly exit: string;
  readonly stderr: string;
}

/** All the cases of failures-and-signals.txt. */
export function recordedCases(): RecordedCase[] {
  const text = readFileSync(join(RECORDINGS, 'messages', 'failures-and-signals.txt'), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [title = '', facts = '{}', ...lines] = block.split('\n');
      const { argv, exit } = JSON.parse(facts) as { argv: string[]; exit: string };
      const stderr = lines.filter((line) => line.startsWith('   | ')).map((line) => line.slice(5));
      return { title, argv: argv.slice(1), exit, stderr: stderr.join('\n') };
    });
}

const STATISTICS =
  /^\[libx264 @ X\] (frame|mb|final|coded|i16|i8|i8c|i4|8x8|kb\/s|ref|Weighted|consecutive)\b/;

/** What is different every time made equal: clocks, ids, addresses, durations, statistics, how many pictures there were. */
export function normalised(stderr: string): string[] {
  const lines = stderr
    .replace(/^\[\d+:\d\d:\d\d\.\d{9}\] \[\d+\]/gm, '[CLOCK] [TID]')
    .replace(/0x[0-9a-f]+/g, 'X')
    .replace(/timeout of \d+ milliseconds/g, 'timeout of N milliseconds')
    .replace(/^#\d+ \(\d+\.00 fps\)/gm, '#N (F fps)')
    .trimEnd()
    .split('\n')
    .map((line) => (STATISTICS.test(line) ? 'STATISTICS' : line));
  const many = ['STATISTICS', '#N (F fps) exp 20000.00 ag 1.97 dg 1.00', 'Received signal 13'];
  return lines.filter((line, index) => line !== lines[index - 1] || !many.includes(line));
}
