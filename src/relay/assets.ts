import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A file of the pages, as it is sent. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Entity tag: the body's hash. */
  readonly etag: string;
}

const pages = fileURLToPath(new URL('../../pages/', import.meta.url));
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** The files that may be asked for by name; nothing else is ever read. */
const assetPaths = new Map([
  ...['live.css', 'live.js', 'index.css', 'index.js'].map((name) => [name, pages + name] as const),
  ['jmuxer.min.js', createRequire(import.meta.url).resolve('jmuxer/dist/jmuxer.min.js')],
]);

const cache = new Map<string, Promise<Asset>>();

/** A script or style by its name under `/assets/`. */
export function asset(name: string): Promise<Asset> | undefined {
  const path = assetPaths.get(name);
  return path === undefined ? undefined : load(path);
}

/** `live`: a camera's page. `index`: the list of cameras. */
export function page(name: 'live' | 'index'): Promise<Asset> {
  return load(`${pages}${name}.html`);
}

function load(path: string): Promise<Asset> {
  const known = cache.get(path);
  if (known) return known;
  const loading = readFile(path).then((body) => ({
    type: types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  }));
  cache.set(path, loading);
  loading.catch(() => cache.delete(path));
  return loading;
}
