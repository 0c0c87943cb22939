import type { Environment } from './environment.js';
import { garbage } from './garbage.js';
import { sleep } from './sleep.js';

/** What goes wrong with a picture's bytes on their way out. */
export class WriteFaults {
  public constructor(private readonly environment: Pick<Environment, 'faults' | 'strike'>) {}

  /** What is written for a picture: its own bytes, or garbage. */
  public bytes(index: number, own: Buffer): Buffer {
    const { garbageAt, garbageFrom } = this.environment.faults;
    if (index !== garbageAt && index < (garbageFrom ?? Infinity)) {
      return own;
    }
    this.environment.strike();
    return garbage(index);
  }

  /** True if the writer stops in the middle of this picture. */
  public stopsAt(index: number): boolean {
    const { pauses } = this.environment.faults;
    if (pauses === undefined || index < pauses.at) {
      return false;
    }
    return pauses.every === undefined ? index === pauses.at : (index - pauses.at) % pauses.every === 0;
  }

  /** The stop in the middle of a picture. */
  public async stop(): Promise<void> {
    this.environment.strike();
    await sleep(this.environment.faults.pauses?.duration ?? 0);
  }
}
