import type { Picture } from './wire.js';

/**
 * Lets through only what can be decoded from what it let through before: nothing until a key picture, and
 * nothing after a gap until the next one (docs/protocol.md, "Server to client, binary").
 */
export class PictureGate {
  /** The sequence the next picture must have; `undefined` while waiting for a key picture. */
  #expected: number | undefined;

  admits(picture: Pick<Picture, 'key' | 'discontinuity' | 'sequence'>): boolean {
    const follows = picture.sequence === this.#expected && !picture.discontinuity;
    const admitted = picture.key || follows;
    this.#expected = admitted ? (picture.sequence + 1) >>> 0 : undefined;
    return admitted;
  }

  /** A new connection: wait for a key picture. */
  reset(): void {
    this.#expected = undefined;
  }
}
