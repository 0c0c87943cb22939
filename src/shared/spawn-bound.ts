import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** Remembers the ids of running processes outside this thread, so that they can be ended whatever happens to it. */
export interface ProcessRegistry {
  /** @returns forgets the process; to be called when it has ended */
  add(pid: number): () => void;
}

/** A process whose output can be read. */
export type BoundProcess = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

/** In util-linux: lets the kernel end the process when the thread that started it ends. */
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** Whoever started it may have ended before setpriv took effect: then there is another parent by now. */
const unlessOrphaned = '[ "$PPID" = "$0" ] && exec "$@"';

/**
 * Starts a program that does not outlive this plugin, in a process group of its own, and puts it on the list.
 *
 * @throws when no file descriptor is left
 */
export function spawnBound(
  path: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  registry: ProcessRegistry,
  stdin: 'ignore' | 'pipe' = 'ignore',
): BoundProcess {
  const command = [path, ...args];
  const [first = path, ...words] =
    setpriv === undefined
      ? command
      : [
          setpriv,
          '--pdeathsig',
          'KILL',
          '--',
          '/bin/sh',
          '-c',
          unlessOrphaned,
          String(process.pid),
          ...command,
        ];
  const child = spawn(first, words, {
    // A process group of its own: Ctrl-C in a terminal reaches Homebridge alone, which then stops the camera in order.
    detached: true,
    env: environment,
    stdio: [stdin, 'pipe', 'pipe'],
  }) as BoundProcess;
  // Before anything can fail here: an 'error' event nobody listens to ends the thread.
  child.on('error', () => undefined);
  // Not in the types: without a file descriptor left there are no pipes, and no process (node:internal/child_process).
  if ((child.stdout as Readable | null | undefined) == null) throw new Error('too many open files');
  // What it leaves behind (it may be a script) would hold the camera and the pipes, and nobody could end it later.
  child.once('exit', () => signalBound(child, 'SIGKILL'));
  const forget = child.pid === undefined ? undefined : registry.add(child.pid);
  if (forget) child.once('close', forget);
  return child;
}

/**
 * Sends a signal to a process of {@link spawnBound} and what it started (a program may be a script, and may have ended
 * before them). Only until its 'close': then the number may be somebody else's.
 */
export function signalBound({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // They ended a moment ago.
  }
}
