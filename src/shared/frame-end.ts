/**
 * How the end of the newest picture is known (docs/architecture.md, rule 1): a line of `--save-pts` behind it, the
 * length in its FLV tag, or a quiet gap after its last byte.
 */
export type FrameEnd = 'pts' | 'flv' | 'gap';
