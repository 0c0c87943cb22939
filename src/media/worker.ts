import { parentPort, workerData } from 'node:worker_threads';
import { MediaHost } from './media-host.js';
import type { MediaCommand } from './messages.js';
import { ProcessSlots } from './process-slots.js';

/** How long a dying worker waits for its camera processes, which become zombies when it ends before them. */
const lastWaitMs = 500;

const port = parentPort;
if (!port) throw new Error('worker.js runs in a worker thread only.');
const slots = new ProcessSlots((workerData as { memory: SharedArrayBuffer }).memory);
const host = new MediaHost(slots, (event) => port.postMessage(event));
port.on('message', (command: MediaCommand) => host.handle(command));

// The monitor leaves the error itself to Node, which hands it to the main thread and ends this one.
process.on('uncaughtExceptionMonitor', () => {
  slots.killAll();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < lastWaitMs && slots.anyAlive; waited += 10) Atomics.wait(pause, 0, 0, 10);
});
