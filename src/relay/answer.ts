import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Asset } from './assets.js';

/** An HTTP response as data. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
}

/** Scripts and styles come from this server alone; the video from the script's own MediaSource. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'media-src blob:',
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const commonHeaders = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };

/**
 * @param knownTag the entity tag the client already holds
 * @param cacheControl `no-store` for what only this visitor may see
 */
export function content(file: Asset, cacheControl: 'no-cache' | 'no-store', knownTag?: string): Answer {
  const headers = { ...commonHeaders, 'Cache-Control': cacheControl, ETag: file.etag };
  if (knownTag === file.etag) return { status: 304, headers };
  const isPage = file.type.startsWith('text/html');
  return {
    status: 200,
    headers: {
      ...headers,
      'Content-Type': file.type,
      ...(isPage && { 'Content-Security-Policy': contentSecurityPolicy }),
    },
    body: file.body,
  };
}

export function json(value: unknown): Answer {
  return {
    status: 200,
    headers: { ...commonHeaders, 'Cache-Control': 'no-store', 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  };
}

export function text(body: string, type: string): Answer {
  return {
    status: 200,
    headers: { ...commonHeaders, 'Cache-Control': 'no-store', 'Content-Type': type },
    body,
  };
}

/** @param status 503 for words in place of a picture */
export function jpeg(body: Buffer, status: 200 | 503): Answer {
  return {
    status,
    headers: { ...commonHeaders, 'Cache-Control': 'no-store', 'Content-Type': 'image/jpeg' },
    body,
  };
}

/** @param location a path of this server */
export function redirect(location: string, cookies: readonly string[]): Answer {
  return {
    status: 303,
    headers: {
      ...commonHeaders,
      'Cache-Control': 'no-store',
      Location: location,
      'Set-Cookie': [...cookies],
    },
  };
}

/** A page that loads itself again: that request comes from this site, so the strict cookie is in it. */
export function loadAgain(cookie: string): Answer {
  return {
    status: 200,
    headers: {
      ...commonHeaders,
      'Cache-Control': 'no-store',
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy,
      'Set-Cookie': cookie,
    },
    body: '<!doctype html><meta http-equiv="refresh" content="0"><title>…</title>\n',
  };
}

const explanations: Record<number, string> = {
  401: 'This live view wants its access token. Open the link that "npx homebridge-libcamera link" prints on the Raspberry Pi.',
  404: 'There is no such page here.',
  405: 'Only GET is answered here.',
  426: 'This address is for WebSocket clients.',
};

/** A refusal with its reason in words. */
export function refusal(status: number): Answer {
  return {
    status,
    headers: {
      ...commonHeaders,
      'Cache-Control': 'no-store',
      'Content-Type': 'text/plain; charset=utf-8',
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    },
    body: `${explanations[status] ?? STATUS_CODES[status] ?? ''}\n`,
  };
}
