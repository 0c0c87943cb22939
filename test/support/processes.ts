import { readdirSync, readFileSync } from 'node:fs';

/**
 * Environment variable that marks a process and all it starts. Its value is a list, separated by commas: a marked
 * process (the demo, in its own test) adds a mark for what it starts itself.
 */
export const markerVariable = 'HOMEBRIDGE_LIBCAMERA_TEST';

export interface MarkedProcess {
  readonly pid: number;
  /** One letter, as in ps: R, S, D, T, Z … A zombie (Z) has no environment left and is never found. */
  readonly state: string;
  readonly command: string;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended, or is somebody else's.
    return '';
  }
}

/**
 * The running processes with this mark in their environment, found even when their parents are gone.
 * Not this process itself. Linux only: elsewhere there is no /proc, and none is found.
 */
export function processesWithMarker(marker: string): readonly MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) =>
      read(`/proc/${name}/environ`)
        .split('\0')
        .some(
          (entry) =>
            entry.startsWith(`${markerVariable}=`) &&
            entry
              .slice(markerVariable.length + 1)
              .split(',')
              .includes(marker),
        ),
    )
    .map((name) => {
      const status = read(`/proc/${name}/stat`);
      return {
        pid: Number(name),
        // The name, in brackets, may hold anything: the state follows the last bracket.
        state: status.slice(status.lastIndexOf(')') + 2).charAt(0),
        command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim(),
      };
    })
    .filter((found) => found.state !== '' && found.state !== 'Z' && found.state !== 'X');
}

/** Waits until no process has the mark, at most `timeoutMs`; what is left then. */
export async function waitForNoProcess(marker: string, timeoutMs: number): Promise<readonly MarkedProcess[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = processesWithMarker(marker);
    if (left.length === 0 || performance.now() >= deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Ends all processes with the mark, each by its pid, until none is left or `timeoutMs` is over. */
export async function killMarked(marker: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = processesWithMarker(marker);
    if (left.length === 0 || performance.now() >= deadline) return;
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
