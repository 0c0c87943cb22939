/**
 * How the end of the newest picture is known (docs/architecture.md, rule 1), the best first: a line of `--save-pts`
 * behind it, the length in its FLV tag, a quiet gap after its last byte, or the start code of the next picture.
 */
export type FrameEnd = 'pts' | 'flv' | 'gap' | 'startCode';

/** For the log: how the end of a picture is known, and what it costs. */
export const frameEndWords: Readonly<Record<FrameEnd, string>> = {
  pts: 'a timestamp line tells when a picture is complete',
  flv: 'its length tells when a picture is complete',
  gap: 'a short pause tells when a picture is complete (5 ms later)',
  startCode: 'the next picture tells when a picture is complete (one picture later)',
};
