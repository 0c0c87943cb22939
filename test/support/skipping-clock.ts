import { type Cancel, type Clock, systemClock } from '../../src/shared/clock.js';

interface Task {
  readonly dueUs: number;
  readonly run: () => void;
  cancelTimer: Cancel;
}

/** The machine's clock, which a test may put forward: for real processes and waits that nobody wants to sit out. */
export class SkippingClock implements Clock {
  private skippedUs = 0;
  private readonly tasks = new Set<Task>();

  nowUs(): number {
    return systemClock.nowUs() + this.skippedUs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const task: Task = { dueUs: this.nowUs() + delayMs * 1000, run, cancelTimer: () => undefined };
    this.tasks.add(task);
    this.arm(task);
    return () => this.forget(task);
  }

  /** How many tasks still wait. */
  get pending(): number {
    return this.tasks.size;
  }

  /** Puts the clock forward and runs what is due then, in order. */
  skip(ms: number): void {
    this.skippedUs += ms * 1000;
    const nowUs = this.nowUs();
    for (const task of [...this.tasks].sort((a, b) => a.dueUs - b.dueUs)) {
      if (!this.tasks.has(task)) continue;
      if (task.dueUs <= nowUs) this.fire(task);
      else this.arm(task);
    }
  }

  private arm(task: Task): void {
    task.cancelTimer();
    task.cancelTimer = systemClock.after((task.dueUs - this.nowUs()) / 1000, () => this.fire(task));
  }

  private fire(task: Task): void {
    this.forget(task);
    task.run();
  }

  private forget(task: Task): void {
    task.cancelTimer();
    this.tasks.delete(task);
  }
}
