import type { IncomingMessage } from 'node:http';
import { type Access, arrivalCookie, endOfArrivalCookie, isArrival } from './access.js';
import { type Answer, content, json, loadAgain, redirect, refusal } from './answer.js';
import { asset, page } from './assets.js';
import { route } from './route.js';

/** Answers everything but WebSockets. */
export class Pages {
  constructor(
    private readonly access: Access,
    private readonly cameras: readonly { readonly id: string; readonly name: string }[],
    private readonly basePath: string,
  ) {}

  async answer(request: IncomingMessage): Promise<Answer> {
    const url = parseUrl(request);
    const target = url && route(url.pathname, this.basePath);
    if (!url || !target) return refusal(404);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405);
    if (target.to === 'asset') {
      const file = asset(target.name);
      return file ? content(await file, 'no-cache', request.headers['if-none-match']) : refusal(404);
    }

    const proof = this.access.check(request, url);
    const cookiePath = `${this.basePath}/`;
    if (!proof) {
      const isPage = target.to === 'index' || target.to === 'page';
      return isPage && isArrival(request) ? loadAgain(endOfArrivalCookie(cookiePath)) : refusal(401);
    }
    if (target.to === 'cameras') return json(this.cameras.map(({ id, name }) => ({ id, name })));
    if (target.to !== 'index' && !this.cameras.some((camera) => camera.id === target.id)) return refusal(404);
    if (target.to === 'live') return refusal(426);
    if (target.to === 'addSlash' || url.searchParams.has('token')) {
      url.searchParams.delete('token');
      // Relative, so that it holds behind a proxy that adds a prefix.
      const path = target.to === 'addSlash' ? `./${encodeURIComponent(target.id)}/` : './';
      const cookies = [this.access.sessionCookie(cookiePath), arrivalCookie(cookiePath)];
      return redirect(path + url.search, proof === 'token' ? cookies : []);
    }
    return content(await page(target.to === 'index' ? 'index' : 'live'), 'no-store');
  }
}

/** Reads a request's target; the host does not matter here, and a target that would name another one is refused. */
export function parseUrl(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '';
  if (!target.startsWith('/') || target.startsWith('//')) return undefined;
  try {
    return new URL(target, 'http://relay');
  } catch {
    return undefined;
  }
}
