import { execFile } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
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
 * @param path in a folder that only this user may enter; the folder is made, an old file is replaced
 * @returns nothing when the file system or the machine has no FIFOs
 */
export async function openPtsFifo(
  path: string,
  onData: (chunk: Buffer) => void,
): Promise<PtsFifo | undefined> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(path, { force: true });
    await promisify(execFile)('mkfifo', ['-m', '600', path], { timeout: 5000, killSignal: 'SIGKILL' });
    return read(path, onData);
  } catch {
    return undefined;
  }
}

function read(path: string, onData: (chunk: Buffer) => void): PtsFifo {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  let socket: Socket;
  try {
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
      try {
        rmSync(path, { force: true });
      } catch {
        // The card was made read-only: the next start replaces the file, or does without.
      }
    },
  };
}
