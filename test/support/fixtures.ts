import { readFileSync } from 'node:fs';

/** The project's folder, seen from the compiled test. */
export const projectRoot = new URL('../../../', import.meta.url);

/** Bytes of a recording of the real rpicam-vid (test/fixtures/recordings/README.md). */
export function recording(name: string): Buffer {
  return readFileSync(new URL(`test/fixtures/recordings/${name}`, projectRoot));
}

/** Bytes of a clip that the camera stand-in plays. */
export function clip(name: string): Buffer {
  return readFileSync(new URL(`test/fixtures/clips/${name}`, projectRoot));
}
