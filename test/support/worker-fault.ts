/**
 * Preloaded into Homebridge (`NODE_OPTIONS=--import …`), it waits in the plugin's worker for a file that names a fault,
 * and provokes it there. Does nothing in any other thread.
 */
import { readFileSync, rmSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';

/** Environment variable with the path of that file. It holds `throw`, `exit` or `hang`. */
const file = process.env.HOMEBRIDGE_LIBCAMERA_WORKER_FAULT;

function ordered(path: string): string | undefined {
  try {
    const order = readFileSync(path, 'utf8');
    rmSync(path);
    return order;
  } catch {
    return undefined;
  }
}

const isOurs = typeof workerData === 'object' && workerData !== null && 'memory' in workerData;
if (!isMainThread && isOurs && file !== undefined)
  setInterval(() => {
    const order = ordered(file);
    if (order === 'throw') throw new Error('a fault of the test');
    if (order === 'exit') process.exit(3);
    while (order === 'hang');
  }, 50).unref();
