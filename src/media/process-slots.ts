import { isZombie, processStat } from '../shared/proc.js';

/** More camera processes than any machine runs; two numbers each: process id and start time. */
const slotCount = 64;

/**
 * Ids of running camera processes in memory that the main thread and the worker share. A message would not arrive any
 * more when the process exits; this does. A process is known by its id *and* its start time, so that nobody else's is
 * ever ended.
 */
export class ProcessSlots {
  private readonly slots: BigInt64Array;

  constructor(readonly memory = new SharedArrayBuffer(slotCount * 2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.slots = new BigInt64Array(memory);
  }

  /** @returns forgets the process; safe to call twice */
  add(pid: number): () => void {
    const startTime = startTimeOf(pid);
    for (let slot = 0; slot < this.slots.length && startTime !== undefined; slot += 2) {
      if (Atomics.load(this.slots, slot) !== 0n) continue;
      Atomics.store(this.slots, slot + 1, startTime);
      Atomics.store(this.slots, slot, BigInt(pid));
      return () => void Atomics.compareExchange(this.slots, slot, BigInt(pid), 0n);
    }
    return () => undefined;
  }

  /** Ends every process that is still known, at once and whatever it does. */
  killAll(): void {
    for (let slot = 0; slot < this.slots.length; slot += 2) {
      const pid = Number(Atomics.load(this.slots, slot));
      if (pid === 0 || startTimeOf(pid) !== Atomics.load(this.slots, slot + 1)) continue;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It ended a moment ago.
      }
    }
  }

  /** Forgets everything. For when nobody is left who would. */
  clear(): void {
    this.slots.fill(0n);
  }

  /** Whether a process that was added is still there and not a zombie. */
  get anyAlive(): boolean {
    for (let slot = 0; slot < this.slots.length; slot += 2) {
      const pid = Number(Atomics.load(this.slots, slot));
      const stat = pid === 0 ? undefined : processStat(pid);
      if (stat?.startTime === Atomics.load(this.slots, slot + 1) && !isZombie(stat)) return true;
    }
    return false;
  }
}

function startTimeOf(pid: number): bigint | undefined {
  return processStat(pid)?.startTime;
}
