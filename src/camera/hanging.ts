import { isZombie, processStat } from '../shared/proc.js';

/** Processes that not even SIGKILL has ended: they hang in a driver, and what they have stays taken until they end. */
export class HangingProcesses {
  private readonly known = new Map<number, bigint>();

  constructor(private readonly proc = '/proc') {}

  add(pid: number): void {
    const stat = processStat(pid, this.proc);
    if (stat && !isZombie(stat)) this.known.set(pid, stat.startTime);
  }

  /** Whether one of them is still there. */
  get any(): boolean {
    for (const [pid, startTime] of this.known) {
      const stat = processStat(pid, this.proc);
      if (stat?.startTime === startTime && !isZombie(stat)) return true;
      this.known.delete(pid);
    }
    return false;
  }
}
