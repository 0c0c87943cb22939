import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: what the times in /proc/<pid>/stat count in; 100 on every Linux of these machines. */
const ticksPerSecond = 100;

/** CPU seconds that a process with all its threads has used, without its children (proc(5), utime and stime). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory of a process in KiB, as far as it is in RAM. */
export function residentKiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
