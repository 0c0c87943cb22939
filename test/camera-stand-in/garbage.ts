/** In bytes: a picture's worth. */
const SIZE = 20_000;

/** Bytes without any sense, the same ones for the same seed (xorshift, 32 bits). */
export function garbage(seed: number): Buffer {
  const bytes = Buffer.alloc(SIZE);
  let state = Math.imul(seed + 1, 0x9e3779b1);
  for (let at = 0; at < SIZE; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes.writeInt32LE(state, at);
  }
  return bytes;
}
