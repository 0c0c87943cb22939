import type { Sink } from './fd-writer.js';

/** One captured picture on its way through the encoder. */
export interface Picture {
  /** From 0 on, in the order of the stream. */
  readonly index: number;
  /** When the camera took it, in µs since the first one. */
  readonly captured: number;
}

/** The half of the program behind the camera: encodes pictures and writes them. */
export interface Encoder {
  /** Pictures it keeps back before the first one comes out. */
  readonly delay: number;
  /** Writes what comes before the first picture. */
  start(): Promise<void>;
  /**
   * Writes one picture; the pictures come one by one.
   *
   * @param captureTime tells when any picture up to `delay` later was taken, in µs
   */
  write(picture: Picture, captureTime: (index: number) => number): Promise<void>;
  /** Writes what comes after the last picture. */
  finish(): Promise<void>;
  /** As the sink's. */
  readonly lastWrite: Sink['lastWrite'];
  /** Resolves when no write waits for a reader. */
  readonly idle: Promise<void>;
}

/** An exception in a thread that nobody catches anything in: it ends the program by SIGABRT. The message is its `what()`. */
export class Uncaught extends Error {}
