import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Says which program listens on a TCP port of this machine, as far as /proc lets this user see.
 *
 * @returns for example `nginx (process 812)`
 */
export function portHolder(port: number): string | undefined {
  const inodes = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(read(table), port)),
  );
  if (inodes.size === 0) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = list(`/proc/${pid}/fd`).some((fd) => inodes.has(link(`/proc/${pid}/fd/${fd}`)));
    if (holds) return `${read(`/proc/${pid}/comm`).trim() || 'a program'} (process ${pid})`;
  }
  return undefined;
}

/** Sockets in state LISTEN (0A) on a port, as `socket:[inode]` (proc(5), /proc/net/tcp). */
export function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const listens = fields[1]?.endsWith(`:${hexPort}`) === true && fields[3] === '0A';
    return listens && fields[9] !== undefined ? [`socket:[${fields[9]}]`] : [];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
