/** Gives back what was taken; safe to call twice. */
export type Release = () => void;

/**
 * Listing the cameras opens each of them, so it must not happen while one of them streams or starts: a stream that
 * begins would find its camera taken. Any number of streams, or one listing.
 */
export class StreamLock {
  private streams = 0;
  private listing: Promise<void> | undefined;

  /** Waits for a listing to end. */
  async stream(): Promise<Release> {
    while (this.listing) await this.listing;
    this.streams += 1;
    let held = true;
    return () => {
      if (held) this.streams -= 1;
      held = false;
    };
  }

  /** @returns nothing when something streams or another listing is under way */
  tryList(): Release | undefined {
    if (this.streams > 0 || this.listing) return undefined;
    let end: () => void = () => undefined;
    this.listing = new Promise((resolve) => (end = resolve));
    return () => {
      this.listing = undefined;
      end();
    };
  }
}
