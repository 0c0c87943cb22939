import { readFile } from 'node:fs/promises';

/** A built-in picture that says in words why there is no other. */
export type Placeholder = 'unavailable' | 'no-ffmpeg';

const cache = new Map<Placeholder, Promise<Buffer>>();

/** @returns a JPEG of 1280x720 */
export function placeholder(name: Placeholder): Promise<Buffer> {
  let loading = cache.get(name);
  if (!loading) {
    loading = readFile(new URL(`../../pages/snapshot-${name}.jpg`, import.meta.url));
    cache.set(name, loading);
    loading.catch(() => cache.delete(name));
  }
  return loading;
}
