/** Reads the bit fields of an H.264 NAL unit, without the emulation prevention bytes. */
export class BitReader {
  private readonly bytes: number[] = [];
  private position = 0;

  /**
   * @param nal the unit from its header byte on
   * @param limit how many bytes to look at, at most: headers are short, slices are not
   */
  public constructor(nal: Uint8Array, limit = 64) {
    let zeros = 0;
    for (const byte of nal.subarray(1, limit)) {
      if (zeros >= 2 && byte === 3) {
        zeros = 0;
        continue;
      }
      zeros = byte === 0 ? zeros + 1 : 0;
      this.bytes.push(byte);
    }
  }

  /** An unsigned number of `count` bits, at most 32. */
  public bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const byte = this.bytes[this.position >> 3];
      if (byte === undefined) {
        throw new Error('The NAL unit ends inside its header.');
      }
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
      this.position++;
    }
    return value;
  }

  /** True if the next bit is set. */
  public flag(): boolean {
    return this.bits(1) === 1;
  }

  /** An unsigned Exp-Golomb number, ue(v). */
  public ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros++;
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed Exp-Golomb number, se(v). */
  public se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
