import type { Sink } from './fd-writer.js';

/** What glibc gives a stream on a pipe, a socket or a file, in bytes. */
export const BUFFER_SIZE = 4096;

/**
 * A C stream as glibc buffers it (seen with strace): whole multiples of 4096 bytes leave at once, the rest when the
 * buffer is full or flushed. The buffer itself only exists from the first write on, so the first goes out in two
 * pieces at most and later ones in up to three: 4096, a multiple of it, the rest.
 */
export class Stdio {
  private pending: Buffer = Buffer.alloc(0);
  private hasBuffer = false;

  public constructor(private readonly sink: Sink) {}

  /** fwrite */
  public async write(bytes: Buffer): Promise<void> {
    const room = this.hasBuffer ? BUFFER_SIZE - this.pending.length : 0;
    this.hasBuffer = true;
    const fits = Math.min(room, bytes.length);
    this.pending = Buffer.concat([this.pending, bytes.subarray(0, fits)]);
    if (fits === bytes.length) {
      return;
    }
    await this.flush();
    const whole = bytes.length - ((bytes.length - fits) % BUFFER_SIZE);
    if (whole > fits) {
      await this.sink.write(bytes.subarray(fits, whole));
    }
    this.pending = bytes.subarray(whole);
  }

  /** fflush */
  public async flush(): Promise<void> {
    const pending = this.pending;
    this.pending = Buffer.alloc(0);
    if (pending.length > 0) {
      await this.sink.write(pending);
    }
  }
}
