import { logLine } from './log.js';

/** What the signals of the running stream have asked for so far. Looked at when a picture arrives, and only then. */
export interface SignalState {
  /** SIGINT, or SIGUSR2 with `--signal`: finish. */
  stop: boolean;
  /** SIGUSR1 with `--signal` turns this over. */
  paused: boolean;
}

const HANDLED = { SIGINT: 2, SIGUSR1: 10, SIGUSR2: 12 } as const;

/**
 * Installs the program's signal handlers, as late as the program does: before, these signals kill. SIGTERM and SIGHUP
 * always do.
 *
 * @param ready when it may print: on a Pi 0 to 4 the message waits for the lock of a stdout that nobody reads
 * @param obeys asked when SIGINT comes, whether it counts
 */
export function handleSignals(
  useSignals: boolean,
  startPaused: boolean,
  ready: () => Promise<void>,
  obeys: () => boolean,
): SignalState {
  const state: SignalState = { stop: false, paused: startPaused };
  for (const [name, number] of Object.entries(HANDLED)) {
    process.on(name, () => {
      void ready().then(() => logLine(`Received signal ${number}`));
      if (name === 'SIGINT') {
        state.stop ||= obeys();
      } else if (useSignals && name === 'SIGUSR2') {
        state.stop = true;
      } else if (useSignals) {
        state.paused = !state.paused;
      }
    });
  }
  return state;
}

/** Ends this process by a signal of its own, as a crash does. */
export function dieBy(signal: 'SIGABRT' | 'SIGSEGV'): never {
  process.kill(process.pid, signal);
  // The signal may be delivered to another thread and a moment later: nothing must happen in between.
  for (;;) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
}
