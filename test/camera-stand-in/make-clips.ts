/**
 * Makes the clips that ship with the repository: `node dist/test/camera-stand-in/make-clips.js` after a build.
 * Only needed when the scene or the counter changes; commit what it writes into test/fixtures/clips/.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED, SHIPPED_FOLDER, SHIPPED_FORMAT } from './clip-files.js';
import { encodeClip, pictureCount } from './encode-clip.js';

let total = 0;
for (const clip of Object.values(SHIPPED)) {
  const file = join(SHIPPED_FOLDER, clip.file);
  const count = clip.bFrames ? 2 * SHIPPED_FORMAT.gop : pictureCount(SHIPPED_FORMAT);
  await encodeClip({ ...SHIPPED_FORMAT, ...clip }, file, count);
  total += statSync(file).size;
  console.log(`${clip.file}: ${count} pictures, ${statSync(file).size} bytes`);
}
console.log(`together ${total} bytes of 1500000`);
