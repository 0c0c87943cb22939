import { reservedIds } from '../config/slug.js';

/** What a path of the relay stands for. */
export type Route =
  | { readonly to: 'index' }
  | { readonly to: 'cameras' }
  | { readonly to: 'asset'; readonly name: string }
  | { readonly to: 'page'; readonly id: string }
  | { readonly to: 'live'; readonly id: string }
  /** A stream over HTTP. */
  | { readonly to: 'stream'; readonly id: string; readonly kind: 'h264' | 'mp4' }
  | { readonly to: 'snapshot'; readonly id: string }
  | { readonly to: 'stats'; readonly id: string }
  | { readonly to: 'metrics' }
  /** A page's address without its final slash. */
  | { readonly to: 'addSlash'; readonly id: string };

/**
 * Reads the path of a request.
 *
 * @param basePath prefix behind a reverse proxy, without final slash; empty for none
 * @returns nothing for a path of no meaning; whether a camera of that id exists is not looked at
 */
export function route(path: string, basePath: string): Route | undefined {
  if (!path.startsWith(`${basePath}/`)) return undefined;
  const [first = '', second, ...more] = path.slice(basePath.length + 1).split('/');
  if (more.length > 0) return undefined;
  if (first === '') return second === undefined ? { to: 'index' } : undefined;
  if (first === 'assets') return second === undefined ? undefined : { to: 'asset', name: second };
  if (first === 'metrics') return second === undefined ? { to: 'metrics' } : undefined;
  if (first === 'cameras.json') return second === undefined ? { to: 'cameras' } : undefined;
  if (reservedIds.includes(first)) return undefined;
  const id = decode(first);
  if (id === undefined) return undefined;
  if (second === undefined) return { to: 'addSlash', id };
  if (second === '') return { to: 'page', id };
  switch (second) {
    case 'live':
      return { to: 'live', id };
    case 'stream.h264':
      return { to: 'stream', id, kind: 'h264' };
    case 'stream.mp4':
      return { to: 'stream', id, kind: 'mp4' };
    case 'snapshot.jpg':
      return { to: 'snapshot', id };
    case 'stats.json':
      return { to: 'stats', id };
    default:
      return undefined;
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
