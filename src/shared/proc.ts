import { readFileSync } from 'node:fs';

/** What the kernel says of a process (proc(5), /proc/<pid>/stat). */
export interface ProcessStat {
  /** One letter: R, S, D, T, Z … */
  readonly state: string;
  readonly processGroup: number;
  /** Clock ticks since the machine started. With the id it names a process for good: ids are used again. */
  readonly startTime: bigint;
}

/** @returns nothing when there is no such process (any more) */
export function processStat(pid: number | 'self', proc = '/proc'): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`${proc}/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Reads fields 3, 5 and 22; the command name before them, in brackets, may hold anything, brackets too. */
export function parseProcessStat(stat: string): ProcessStat | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', , group = ''] = fields;
  const startTime = fields[19];
  if (startTime === undefined || !/^\d+$/.test(startTime)) return undefined;
  return { state, processGroup: Number(group), startTime: BigInt(startTime) };
}

/** Whether a process has ended and only waits for its parent to ask how. */
export function isZombie({ state }: ProcessStat): boolean {
  return state === 'Z' || state === 'X';
}
