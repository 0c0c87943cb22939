/** Finds where pictures end in a stream of known pictures that comes in any pieces. */
export class PictureEnds {
  /** The picture that the next byte belongs to. */
  picture = 0;
  /** Bytes up to its end. */
  missing: number;

  /** @param sizes bytes of the pictures of the clip, which is repeated for ever */
  constructor(private readonly sizes: readonly number[]) {
    this.missing = this.size();
  }

  /**
   * Takes bytes, no more than {@link missing}.
   *
   * @returns whether they end the picture; the next one is then current
   */
  take(bytes: number): boolean {
    this.missing -= bytes;
    if (this.missing > 0) return false;
    this.picture += 1;
    this.missing = this.size();
    return true;
  }

  private size(): number {
    return this.sizes[this.picture % this.sizes.length] ?? Number.POSITIVE_INFINITY;
  }
}
