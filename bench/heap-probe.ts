/**
 * Tells the heap of the media worker, whose isolate nobody else can look into. Loaded with `--import` into every thread
 * of the relay's process, which needs `--expose-gc`.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

const question = 'libcamera-bench-heap?';
const answer = 'libcamera-bench-heap';

if (!isMainThread) {
  const answers = new BroadcastChannel(answer);
  const questions = new BroadcastChannel(question);
  questions.onmessage = () => {
    globalThis.gc?.();
    answers.postMessage(process.memoryUsage().heapUsed / 1024);
  };
  // Neither keeps the worker alive.
  for (const channel of [answers, questions] as unknown as { unref(): void }[]) channel.unref();
}

/** KiB on the heap of the worker after its garbage has been collected. */
export function heapKiB(): Promise<number> {
  const answers = new BroadcastChannel(answer);
  const questions = new BroadcastChannel(question);
  return new Promise((resolve) => {
    answers.onmessage = ({ data }: { data: unknown }) => {
      answers.close();
      questions.close();
      resolve(Number(data));
    };
    questions.postMessage(undefined);
  });
}
