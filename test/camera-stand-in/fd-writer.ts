import { write } from 'node:fs';
import { monotonic } from './clock.js';

/** Pause before a full non-blocking descriptor is tried again, in ms. Only somebody else's shell makes one of those. */
const RETRY_DELAY = 2;

/** Where bytes go. */
export interface Sink {
  /** One `write(2)` of all the bytes. One at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * When the last bytes were handed over, in µs of CLOCK_MONOTONIC: right before, not after, because the word that a
   * write is done takes some 100 µs to get back here. What is measured from it is never too short.
   */
  readonly lastWrite: number;
  /** Resolves when nothing is being written. */
  readonly idle: Promise<void>;
}

/**
 * Writes to a file descriptor and waits for as long as nobody reads, without keeping the event loop from signals:
 * the write happens in a thread of its own, as in the program.
 */
export class FdWriter implements Sink {
  public lastWrite = 0;
  private last: Promise<void> = Promise.resolve();

  public constructor(private readonly fd: number) {}

  public get idle(): Promise<void> {
    return this.last.catch(() => undefined);
  }

  /** Continued if the kernel takes a part only. */
  public async write(bytes: Uint8Array): Promise<void> {
    this.last = this.writeAll(bytes);
    await this.last;
  }

  private async writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += await this.writeSome(bytes, done);
    }
  }

  private writeSome(bytes: Uint8Array, offset: number): Promise<number> {
    this.lastWrite = monotonic();
    return new Promise((resolve, reject) => {
      write(this.fd, bytes, offset, bytes.length - offset, null, (error, count) => {
        if (error === null) {
          resolve(count);
        } else if (error.code === 'EAGAIN') {
          setTimeout(() => resolve(0), RETRY_DELAY);
        } else {
          reject(error);
        }
      });
    });
  }
}

/** True if an error says that the reader of a pipe or socket has gone. */
export function isReaderGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EPIPE' || code === 'ECONNRESET';
}
