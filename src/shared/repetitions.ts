import type { Clock } from './clock.js';

/** A line that was said within this time is not news; the time doubles whenever it is said again, up to a day. */
const shortestMemoryUs = 10 * 60 * 1_000_000;
const longestMemoryUs = 24 * 60 * 60 * 1_000_000;
/** Lines that are remembered about one thing. */
const maxLines = 16;

interface Said {
  readonly atUs: number;
  readonly memoryUs: number;
  /** When it came up the last time, said or not. */
  seenUs: number;
}

/** Tells what has been said lately, so that a trouble that goes on for weeks does not fill the log. */
export class Repetitions {
  private readonly said = new Map<string, Map<string, Said>>();

  constructor(private readonly clock: Clock) {}

  /**
   * @param about who or what the line is about
   * @param line two lines that differ in their numbers only are the same news
   * @returns whether the line is to be said now; it then counts as said
   */
  isNew(about: string, line: string): boolean {
    const lines = this.said.get(about) ?? new Map<string, Said>();
    this.said.set(about, lines);
    const words = line.replace(/\d+/g, '#');
    const last = lines.get(words);
    const nowUs = this.clock.nowUs();
    const isFresh = !last || nowUs - last.seenUs >= longestMemoryUs;
    if (last) last.seenUs = nowUs;
    if (last && nowUs - last.atUs < last.memoryUs) return false;
    const memoryUs = isFresh ? shortestMemoryUs : Math.min(longestMemoryUs, last.memoryUs * 2);
    lines.delete(words);
    lines.set(words, { atUs: nowUs, memoryUs, seenUs: nowUs });
    for (const oldest of lines.keys()) {
      if (lines.size <= maxLines) break;
      lines.delete(oldest);
    }
    return true;
  }

  /** The next line is news, whatever it is. */
  forget(about: string): void {
    this.said.delete(about);
  }
}
