import { type ProcessRegistry, signalBound, spawnBound } from '../shared/spawn-bound.js';
import type { ProcessEnd } from './diagnosis.js';

const answerLimitMs = 10_000;
/** An ended process is reaped within milliseconds; one that hangs in the kernel is not waited for. */
const reapLimitMs = 1000;
const longestAnswer = 1024 * 1024;

/** What it takes to ask the program something. */
export interface AskContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly registry: ProcessRegistry;
  /** Ends the program and gives up. */
  readonly signal: AbortSignal;
  /** Told of a process that not even SIGKILL has ended. */
  readonly onHanging?: (pid: number) => void;
}

/** What the program answered, and how it ended. */
export interface Answer extends ProcessEnd {
  readonly stdout: string;
}

/**
 * Runs the program for one of its options that print something and end.
 *
 * @throws when there is no answer now, but may be one the next time: it hangs, says too much, was interrupted
 */
export function ask(path: string, option: string, context: AskContext): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawnBound(path, [option], context.environment, context.registry);
    let stdout = '';
    let stderr = '';
    let given: Error | undefined;
    let reaped: NodeJS.Timeout | undefined;
    const giveUp = (why: string): void => {
      if (given) return;
      const error = new Error(`${path} ${option} ${why}`);
      given = error;
      signalBound(child, 'SIGKILL');
      reaped = setTimeout(() => {
        child.unref();
        if (child.pid !== undefined) context.onHanging?.(child.pid);
        finish(error, null, null);
      }, reapLimitMs);
      // A daemon it left behind may hold them open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const limited = (text: string): string => {
      if (text.length > longestAnswer) giveUp('says too much');
      return text.slice(0, longestAnswer);
    };
    const abort = (): void => giveUp('was interrupted');
    const timer = setTimeout(() => giveUp(`did not answer within ${answerLimitMs / 1000} s`), answerLimitMs);
    context.signal.addEventListener('abort', abort, { once: true });
    if (context.signal.aborted) abort();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = limited(stdout + text)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = limited(stderr + text)));
    const finish = (error: Error | undefined, code: number | null, signal: string | null): void => {
      clearTimeout(timer);
      clearTimeout(reaped);
      context.signal.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve({ stdout, stderr: stderr.split('\n').slice(-200), code, signal });
    };
    child.once('error', (error) => finish(given ?? error, null, null));
    child.once('close', (code, signal) => finish(given, code, signal));
  });
}
