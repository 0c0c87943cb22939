import { BitReader } from './bit-reader.js';

/** Writes the syntax elements of H.264, 7.2 and 9.1, into an RBSP. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private length = 0;

  u(count: number, value: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      const at = this.length >> 3;
      const set = Math.floor(value / 2 ** bit) % 2;
      this.bytes[at] = (this.bytes[at] ?? 0) | (set << (7 - (this.length & 7)));
      this.length += 1;
    }
  }

  ue(value: number): void {
    const zeros = Math.floor(Math.log2(value + 1));
    this.u(zeros, 0);
    this.u(zeros + 1, value + 1);
  }

  /** Writes the first bits of an RBSP once more, as they are. */
  copy(rbsp: Buffer, bits: number): void {
    const reader = new BitReader(rbsp);
    for (let left = bits; left > 0; left -= 8) this.u(Math.min(left, 8), reader.u(Math.min(left, 8)));
  }

  /** Ends the RBSP with rbsp_trailing_bits (7.3.2.11). */
  end(): Buffer {
    this.u(1, 1);
    return Buffer.from(this.bytes);
  }
}
