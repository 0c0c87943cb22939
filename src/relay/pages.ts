import type { IncomingMessage } from 'node:http';
import { type Access, arrivalCookie, endOfArrivalCookie, isArrival } from './access.js';
import { type Answer, content, jpeg, json, loadAgain, redirect, refusal, text } from './answer.js';
import { asset, page } from './assets.js';
import { type Route, route } from './route.js';
import type { CameraStats } from './stats.js';
import type { RelayCamera } from './viewer.js';

/** A stream over HTTP that may begin. */
export interface StreamRequest {
  readonly camera: RelayCamera;
  readonly kind: 'h264' | 'mp4';
  readonly burst: boolean;
}

/** Answers everything but WebSockets. */
export class Pages {
  constructor(
    private readonly access: Access,
    private readonly cameras: readonly RelayCamera[],
    private readonly basePath: string,
    private readonly stats: (camera: RelayCamera) => CameraStats,
  ) {}

  async answer(request: IncomingMessage): Promise<Answer | StreamRequest> {
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
    if (target.to === 'metrics') return this.metrics();
    const camera = 'id' in target ? this.cameras.find(({ id }) => id === target.id) : undefined;
    if (!camera && target.to !== 'index') return refusal(404);
    if (camera) {
      const answer = await this.ofCamera(camera, target, url, request);
      if (answer) return answer;
    }
    if (target.to === 'addSlash' || url.searchParams.has('token')) {
      url.searchParams.delete('token');
      // Relative, so that it holds behind a proxy that adds a prefix.
      const path = target.to === 'addSlash' ? `./${encodeURIComponent(target.id)}/` : './';
      const cookies = [this.access.sessionCookie(cookiePath), arrivalCookie(cookiePath)];
      return redirect(path + url.search, proof === 'token' ? cookies : []);
    }
    return content(await page(target.to === 'index' ? 'index' : 'live'), 'no-store');
  }

  /** @returns nothing for a page, which is for browsers only */
  private async ofCamera(
    camera: RelayCamera,
    target: Route,
    url: URL,
    { method }: IncomingMessage,
  ): Promise<Answer | StreamRequest | undefined> {
    switch (target.to) {
      case 'live':
        return refusal(426);
      case 'stats':
        return json(this.stats(camera));
      case 'snapshot': {
        const picture = await camera.snapshot();
        return jpeg(Buffer.from(picture.jpeg), picture.shows === 'picture' ? 200 : 503);
      }
      case 'stream':
        // Nobody who only asks for the headers starts a camera.
        if (method === 'HEAD') return text('', target.kind === 'h264' ? 'video/h264' : 'video/mp4');
        return { camera, kind: target.kind, burst: url.searchParams.get('join') === 'gop' };
      default:
        return undefined;
    }
  }

  private async metrics(): Promise<Answer> {
    // Its library is loaded by those who want it.
    const { metrics } = await import('./metrics.js');
    const { type, text: body } = await metrics(this.cameras.map((camera) => this.stats(camera)));
    return text(body, type);
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
