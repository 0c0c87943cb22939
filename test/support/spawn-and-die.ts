/**
 * A program: starts `sleep 60` as a camera process, in a worker as the plugin does, and ends in the statement after
 * the spawn by SIGKILL. Programs start slowly here, so that the camera process is late with everything.
 */
import { isMainThread, Worker } from 'node:worker_threads';
import { CameraProcess } from '../../src/camera/camera-process.js';

if (isMainThread) {
  new Worker(new URL(import.meta.url));
} else {
  // The dynamic linker looks for every library in all of them.
  const folders = Array.from({ length: 2000 }, (_, i) => `/nonexistent/${i}`);
  const environment = { ...process.env, LD_LIBRARY_PATH: folders.join(':') };
  const registry = {
    add: (): (() => void) => {
      process.kill(process.pid, 'SIGKILL');
      return () => undefined;
    },
  };
  CameraProcess.start('/bin/sleep', ['60'], environment, registry, () => undefined);
}
