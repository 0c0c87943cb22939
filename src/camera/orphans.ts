import { readFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { Clock } from '../shared/clock.js';
import { isZombie, processStat } from '../shared/proc.js';
import { wait } from '../shared/wait.js';

/** Environment variable that everything this plugin starts carries: `<pid>:<start time>:<folder>` of who started it. */
export const ownerVariable = 'HOMEBRIDGE_LIBCAMERA_CHILD';

/** More processes than a Pi ever runs. */
const maxProcesses = 32_768;
/** How long ended processes may take to disappear. */
const endLimitMs = 2000;
const lookEveryMs = 50;

/**
 * The mark of processes started by this process.
 *
 * @param folder the plugin's own folder in Homebridge's storage: two Homebridges on one machine have two
 */
export function ownerMark(folder: string): string {
  return `${process.pid}:${processStat('self')?.startTime ?? 0n}:${folder}`;
}

export interface OrphanSearch {
  readonly folder: string;
  readonly clock: Clock;
  /** Gives up waiting. */
  readonly signal: AbortSignal;
  /** Where the kernel shows the processes, `/proc`. */
  readonly proc?: string;
}

/** What became of the processes an earlier life of this plugin left behind. */
export interface Orphans {
  readonly ended: readonly number[];
  /** They hang in the kernel: not even SIGKILL ended them. */
  readonly hanging: readonly number[];
}

interface Orphan {
  readonly pid: number;
  readonly startTime: bigint;
}

/**
 * Ends the processes that an earlier life of this plugin left behind: of this user, with our mark for this folder in
 * their environment, whose owner (process id *and* start time) is gone. Nobody else's process is ever ended.
 */
export async function endOrphans(search: OrphanSearch): Promise<Orphans> {
  const proc = search.proc ?? '/proc';
  const orphans = await findOrphans(search.folder, proc);
  for (const orphan of orphans) kill(orphan, proc);
  const deadlineUs = search.clock.nowUs() + endLimitMs * 1000;
  const left = (): Orphan[] => orphans.filter((orphan) => isThere(orphan, proc));
  while (left().length > 0 && search.clock.nowUs() < deadlineUs) {
    if (!(await wait(search.clock, lookEveryMs, search.signal))) break;
  }
  const hanging = left().map(({ pid }) => pid);
  return { hanging, ended: orphans.map(({ pid }) => pid).filter((pid) => !hanging.includes(pid)) };
}

async function findOrphans(folder: string, proc: string): Promise<Orphan[]> {
  const names = await readdir(proc).catch(() => []);
  const found: Orphan[] = [];
  for (const name of names.filter((entry) => /^\d{1,10}$/.test(entry)).slice(0, maxProcesses)) {
    const pid = Number(name);
    const before = processStat(pid, proc);
    if (pid === process.pid || !before || isZombie(before)) continue;
    const mark = await markOf(`${proc}/${name}`);
    if (mark === undefined || !isOrphanMark(mark, folder, proc)) continue;
    // The id may have passed to another process while its environment was read.
    if (processStat(pid, proc)?.startTime === before.startTime)
      found.push({ pid, startTime: before.startTime });
  }
  return found;
}

/** Whether a process was started by the owner of this mark. */
export function carriesMark(pid: number, mark: string | undefined): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return mark !== undefined && environment.includes(`${ownerVariable}=${mark}`);
  } catch {
    return false;
  }
}

async function markOf(folder: string): Promise<string | undefined> {
  try {
    if ((await stat(folder)).uid !== process.getuid?.()) return undefined;
    const environment = (await readFile(`${folder}/environ`, 'utf8')).split('\0');
    return environment
      .find((entry) => entry.startsWith(`${ownerVariable}=`))
      ?.slice(ownerVariable.length + 1);
  } catch {
    return undefined;
  }
}

/** Whether a mark is of this folder and its owner is no more. */
function isOrphanMark(mark: string, folder: string, proc: string): boolean {
  const [, pid, startTime, of] = /^(\d{1,10}):(\d{1,20}):(.*)$/s.exec(mark) ?? [];
  if (pid === undefined || startTime === undefined || of !== folder) return false;
  return processStat(Number(pid), proc)?.startTime !== BigInt(startTime);
}

function isThere({ pid, startTime }: Orphan, proc: string): boolean {
  const now = processStat(pid, proc);
  return now?.startTime === startTime && !isZombie(now);
}

function kill(orphan: Orphan, proc: string): void {
  if (!isThere(orphan, proc)) return;
  // A camera program leads a group of its own; what it started goes with it.
  const leads = processStat(orphan.pid, proc)?.processGroup === orphan.pid;
  try {
    process.kill(leads ? -orphan.pid : orphan.pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}
