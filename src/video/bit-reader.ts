/** Reads the syntax elements of H.264, 7.2 and 9.1, from an RBSP; throws a RangeError past its end. */
export class BitReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** How many bits have been read. */
  get position(): number {
    return this.at;
  }

  u(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw new RangeError('the NAL unit is cut short');
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1);
      this.at += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.u(1) === 1;
  }

  ue(): number {
    let zeros = 0;
    while (this.u(1) === 0) {
      zeros += 1;
      if (zeros > 32) throw new RangeError('impossible Exp-Golomb code');
    }
    return 2 ** zeros - 1 + this.u(zeros);
  }

  se(): number {
    const code = this.ue();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }

  /** Whether nothing but rbsp_trailing_bits (7.3.2.11) is left: the stop bit, then zeros. */
  atTrailingBits(): boolean {
    const first = this.bytes[this.at >> 3] ?? 0;
    const left = (first << (this.at & 7)) & 0xff;
    return left === 0x80 && this.bytes.subarray((this.at >> 3) + 1).every((byte) => byte === 0);
  }
}
