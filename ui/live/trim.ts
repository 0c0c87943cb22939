/** What is older than this behind the playhead is let go, s. */
const KEEP_S = 10;
/** Keeps clear of the key picture itself: removal reaches up to the next key picture at or after its end. */
const CLEAR_S = 0.005;

/**
 * Up to where the buffer may be emptied, s; `undefined` when there is nothing to let go. `keysS` are the places of the
 * key pictures in it, ascending. Never simply `playhead - 10`: removal takes everything up to the next key picture, and
 * with none after that point (a long GOP) that is the picture being shown.
 */
export function trimEndS(keysS: readonly number[], playheadS: number): number | undefined {
  const key = keysS.findLast((keyS) => keyS <= playheadS - KEEP_S);
  return key === undefined || key <= CLEAR_S ? undefined : key - CLEAR_S;
}
