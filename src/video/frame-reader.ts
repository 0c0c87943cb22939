import type { Picture } from './access-unit.js';

/** What a reader found in the bytes it was given. */
export interface ReaderResult {
  /** Complete pictures, in order. */
  readonly pictures: readonly Picture[];
  /** Why pictures were lost before these, in words. What follows cannot be decoded before the next IDR. */
  readonly lost?: string;
  /** Parameter sets that came beside the pictures: NAL units without start codes. */
  readonly parameterSets?: readonly Buffer[];
}

export const nothingRead: ReaderResult = { pictures: [] };

/** Finds complete pictures in what a camera process writes. Never throws, whatever the bytes. */
export interface FrameReader {
  /** Takes bytes of the camera's stdout that arrived at `nowUs`. */
  push(chunk: Buffer, nowUs: number): ReaderResult;
}
