import { execFile } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The reading end of a FIFO that the camera program writes timestamps to. */
export interface PtsFifo {
  readonly path: string;
  /** Stops reading and removes the file; safe to call twice. */
  close(): void;
}

/**
 * Makes a FIFO and opens it. It is opened for reading and writing: so opening does not wait for the program, and the
 * program's end is no end of file.
 *
 * @param path in a folder that only this user may enter; the folder is made, an old file is replaced. Where that is not
 *   possible (a network share or a USB stick has no FIFOs) a new private folder for temporary files takes its place.
 * @returns nothing when there is no place for one, or the machine has no FIFOs
 */
export async function openPtsFifo(
  path: string,
  onData: (chunk: Buffer) => void,
  temporaryFolder = tmpdir(),
): Promise<PtsFifo | undefined> {
  return (
    (await openIn(dirname(path), path, onData)) ??
    (await openTemporary(basename(path), temporaryFolder, onData))
  );
}

async function openTemporary(
  name: string,
  temporaryFolder: string,
  onData: (chunk: Buffer) => void,
): Promise<PtsFifo | undefined> {
  let folder: string;
  try {
    folder = mkdtempSync(join(temporaryFolder, 'homebridge-libcamera-'));
  } catch {
    return undefined;
  }
  const fifo = await openIn(folder, join(folder, name), onData);
  const close = (): void => {
    fifo?.close();
    remove(() => rmdirSync(folder));
  };
  if (!fifo) close();
  return fifo && { path: fifo.path, close };
}

async function openIn(
  folder: string,
  path: string,
  onData: (chunk: Buffer) => void,
): Promise<PtsFifo | undefined> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    rmSync(path, { force: true });
    await promisify(execFile)('mkfifo', ['-m', '600', path], { timeout: 5000, killSignal: 'SIGKILL' });
    return read(path, onData);
  } catch {
    return undefined;
  }
}

function read(path: string, onData: (chunk: Buffer) => void): PtsFifo {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  let socket: Socket;
  try {
    // Whoever may write to the folder may have put something else there in the meantime.
    if (!fstatSync(fd).isFIFO()) throw new Error(`${path} is no FIFO`);
    socket = new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  socket.on('data', onData);
  socket.on('error', () => undefined);
  return {
    path,
    close() {
      socket.destroy();
      remove(() => rmSync(path, { force: true }));
    },
  };
}

function remove(task: () => void): void {
  try {
    task();
  } catch {
    // The card was made read-only, or it is gone already: the next start replaces the file, or does without.
  }
}
