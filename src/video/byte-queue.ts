/**
 * Collects chunks into one contiguous buffer, copying as little as possible: a picture that lies within one chunk is
 * never copied, one that spans chunks is copied once (amortised). What was taken is never written again, so a taken
 * slice may be kept for ever.
 */
export class ByteQueue {
  /** The waiting bytes. Valid until the next call. */
  bytes: Buffer = Buffer.alloc(0);
  /** Own storage behind `bytes`, if any: `bytes` is its part that ends at `used`. */
  private storage: Buffer | undefined;
  private used = 0;

  push(chunk: Buffer): void {
    if (this.bytes.length === 0) {
      this.bytes = chunk;
      this.storage = undefined;
      return;
    }
    const needed = this.bytes.length + chunk.length;
    if (!this.storage || this.used + chunk.length > this.storage.length) {
      const grown = Buffer.allocUnsafeSlow(needed * 2);
      this.bytes.copy(grown);
      this.storage = grown;
      this.used = this.bytes.length;
    }
    chunk.copy(this.storage, this.used);
    this.used += chunk.length;
    this.bytes = this.storage.subarray(this.used - needed, this.used);
  }

  /** Removes and returns the first `length` bytes. */
  take(length: number): Buffer {
    const taken = this.bytes.subarray(0, length);
    this.bytes = this.bytes.subarray(length);
    return taken;
  }

  clear(): void {
    this.bytes = Buffer.alloc(0);
    this.storage = undefined;
  }
}
