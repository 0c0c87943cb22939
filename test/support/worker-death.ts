/**
 * Loaded into Homebridge, in front of everything and in all of its threads (`--import`), to end the media worker, or
 * Homebridge itself, in ways that nothing outside the process can. The environment says how:
 *
 * - `WORKER_DEATH`: at SIGUSR2 the worker is ended by `terminate`, `crash` (an uncaught error) or `exit`.
 * - `DEATH_AFTER_SPAWN`: Homebridge gets SIGKILL so many ms after a camera process was started. 0 is at once, in the
 *   same statement.
 * - `NO_SETPRIV`: setpriv is not installed.
 *
 * Every command that a worker starts is printed.
 */
import childProcess, { type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { BroadcastChannel, isMainThread, Worker } from 'node:worker_threads';

// Not for the camera program, should it be a script of Node.
delete process.env.NODE_OPTIONS;

const { WORKER_DEATH: death, DEATH_AFTER_SPAWN: afterSpawn, NO_SETPRIV: noSetpriv } = process.env;
const channel = new BroadcastChannel('worker-death');

if (isMainThread) {
  let newest: Worker | undefined;
  class CapturedWorker extends Worker {
    constructor(...all: ConstructorParameters<typeof Worker>) {
      super(...all);
      // eslint-disable-next-line @typescript-eslint/no-this-alias -- it is what is wanted here
      newest = this;
    }
  }
  Object.assign(workerThreads, { Worker: CapturedWorker });
  if (death !== undefined) {
    process.on('SIGUSR2', () => {
      if (death === 'terminate') void newest?.terminate();
      else channel.postMessage(death);
    });
  }
} else {
  channel.onmessage = ({ data }: MessageEvent): void => {
    if (data === 'exit') process.exit(3);
    setImmediate(() => {
      throw new Error('told to crash');
    });
  };
  const { spawn } = childProcess;
  const spawnAndTell = (command: string, args: readonly string[], options: object): ChildProcess => {
    const child = spawn(command, args, options);
    if (afterSpawn !== undefined && args.includes('--timeout')) {
      if (afterSpawn === '0') process.kill(process.pid, 'SIGKILL');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(afterSpawn));
    }
    fs.writeSync(2, `worker-death: spawned ${command}\n`);
    return child;
  };
  Object.assign(childProcess, { spawn: spawnAndTell });
}
channel.unref();
if (noSetpriv !== undefined) {
  const { existsSync } = fs;
  const exists = (path: fs.PathLike): boolean => !String(path).endsWith('/setpriv') && existsSync(path);
  Object.assign(fs, { existsSync: exists });
}
syncBuiltinESMExports();
