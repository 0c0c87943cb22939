import type { Clock } from '../shared/clock.js';
import { within } from '../shared/wait.js';

/** More at once than any house asks for; further ones get no answer. */
const maxOpen = 64;

/** Questions to the media plane that wait for their answers. */
export class Requests<T> {
  private readonly open = new Map<number, (answer: T | undefined) => void>();
  private last = 0;

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
  ) {}

  /**
   * @param send puts the question, with its number
   * @returns the answer, or nothing when none came in time
   */
  async ask(send: (request: number) => void): Promise<T | undefined> {
    if (this.open.size >= maxOpen) return undefined;
    this.last += 1;
    const request = this.last;
    const answer = new Promise<T | undefined>((resolve) => this.open.set(request, resolve));
    send(request);
    try {
      return await within(this.clock, this.limitMs, answer);
    } finally {
      this.open.delete(request);
    }
  }

  answer(request: number, answer: T | undefined): void {
    this.open.get(request)?.(answer);
  }

  /** Nobody is left who would answer. */
  abandon(): void {
    for (const resolve of this.open.values()) resolve(undefined);
  }
}
