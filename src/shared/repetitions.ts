import type { Clock } from './clock.js';

/** A line that was said within this time is not news. */
const memoryUs = 10 * 60 * 1_000_000;

/** Tells what has been said lately, so that a trouble that goes on does not fill the log. */
export class Repetitions {
  private readonly said = new Map<string, { readonly line: string; readonly atUs: number }>();

  constructor(private readonly clock: Clock) {}

  /**
   * @param about who or what the line is about: one line is remembered for each
   * @returns whether the line is to be said now; it then counts as said
   */
  isNew(about: string, line: string): boolean {
    const last = this.said.get(about);
    const nowUs = this.clock.nowUs();
    if (last?.line === line && nowUs - last.atUs < memoryUs) return false;
    this.said.set(about, { line, atUs: nowUs });
    return true;
  }

  /** The next line is news, whatever it is. */
  forget(about: string): void {
    this.said.delete(about);
  }
}
