import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Name of the cookie that holds the session value. Cookies ignore ports, hence a name of our own. */
export const cookieName = 'libcamera_session';

/** How a request proved that it may come in. */
export type Proof = 'token' | 'cookie' | 'open';

/** Who may come in. The token itself is never put into a cookie, which other servers on the same host receive. */
export class Access {
  private readonly session: string;

  /** @param open whether everybody may come in */
  constructor(
    private readonly token: string,
    private readonly open: boolean,
  ) {
    this.session = createHmac('sha256', token).update('homebridge-libcamera session 1').digest('hex');
  }

  /** @returns how the request may come in, or nothing when it may not */
  check(request: IncomingMessage, url: URL): Proof | undefined {
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const query = url.searchParams.get('token') ?? undefined;
    if ([bearer, query].some((given) => given !== undefined && equal(given, this.token))) return 'token';
    const cookie = readCookie(request.headers.cookie, cookieName);
    if (cookie !== undefined && equal(cookie, this.session)) return 'cookie';
    return this.open ? 'open' : undefined;
  }

  /** `Set-Cookie` for a page that was opened with the token. */
  sessionCookie(path: string): string {
    return `${cookieName}=${this.session}; Path=${path}; HttpOnly; SameSite=Strict`;
  }
}

const arrivalName = 'libcamera_arrival';

/**
 * `Set-Cookie` beside the session's. When a link on another site led here, browsers leave a strict cookie out of the
 * redirect that has just set it. This one, which proves nothing, tells such an arrival from a visitor without access.
 */
export function arrivalCookie(path: string): string {
  return `${arrivalName}=1; Path=${path}; Max-Age=10; HttpOnly; SameSite=Lax`;
}

/** `Set-Cookie` that ends an arrival, so that it is answered once. */
export function endOfArrivalCookie(path: string): string {
  return `${arrivalName}=; Path=${path}; Max-Age=0; HttpOnly; SameSite=Lax`;
}

/** Whether the visitor was redirected here a moment ago. */
export function isArrival(request: IncomingMessage): boolean {
  return readCookie(request.headers.cookie, arrivalName) !== undefined;
}

/**
 * Whether a request that a browser sends by itself comes from a page of this very server. Without it any page could
 * use the visitor's cookie (cross-site WebSocket hijacking).
 */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || host === undefined) return false;
  return /^https?:\/\/(.*)$/.exec(origin)?.[1] === host.toLowerCase();
}

/** Compares in constant time, whatever the lengths. */
function equal(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
