import type { Cancel, Clock } from '../../src/shared/clock.js';

interface Task {
  readonly atUs: number;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  private us = 1_000_000_000;
  private readonly tasks = new Set<Task>();

  nowUs(): number {
    return this.us;
  }

  after(delayMs: number, run: () => void): Cancel {
    const task = { atUs: this.us + delayMs * 1000, run };
    this.tasks.add(task);
    return () => void this.tasks.delete(task);
  }

  /** How many tasks still wait. */
  get pending(): number {
    return this.tasks.size;
  }

  /** Moves on, and runs what is due on the way, in order; between two tasks promises settle. */
  async advance(ms: number): Promise<void> {
    const endUs = this.us + ms * 1000;
    await settled();
    for (let task = this.next(endUs); task; task = this.next(endUs)) {
      this.tasks.delete(task);
      this.us = Math.max(this.us, task.atUs);
      task.run();
      await settled();
    }
    this.us = endUs;
  }

  /** The earliest task up to then; of two at the same time the one that was there first. */
  private next(endUs: number): Task | undefined {
    const due = [...this.tasks].filter(({ atUs }) => atUs <= endUs);
    return due.sort((a, b) => a.atUs - b.atUs)[0];
  }
}

/** Lets everything that is ready happen: chains of promises, and what a few event-loop turns bring. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
