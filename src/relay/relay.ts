import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RelaySettings } from '../config/settings.js';
import { retryDelayMs } from '../shared/back-off.js';
import type { Cancel, Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import type { RelayState } from '../shared/relay-state.js';
import { Access, isSameOrigin, type Proof } from './access.js';
import type { Answer } from './answer.js';
import { Pages, parseUrl, type StreamRequest } from './pages.js';
import { portHolder } from './port-holder.js';
import { HttpViewer } from './http-viewer.js';
import { route } from './route.js';
import { PlainViewer, ProtocolViewer } from './socket-viewer.js';
import { type CameraStats, cameraStats, LoopDelay } from './stats.js';
import type { RelayCamera, ViewerKind, ViewerOptions } from './viewer.js';
import { Viewers } from './viewers.js';
import { subprotocol } from './wire.js';

export interface RelayOptions {
  readonly settings: RelaySettings;
  readonly token: string;
  readonly cameras: readonly RelayCamera[];
  readonly clock: Clock;
  readonly log: Log;
  readonly onState: (state: RelayState) => void;
}

const maxConnections = 512;
/** A client has nothing long to say. */
const maxClientMessageBytes = 16 * 1024;
/** The HTTP and WebSocket server of all cameras. No error of its sockets leaves it. */
export class Relay {
  private readonly access: Access;
  private readonly pages: Pages;
  private readonly server: Server;
  private readonly sockets: WebSocketServer;
  private readonly cameras: ReadonlyMap<string, RelayCamera>;
  private readonly viewers: Viewers;
  private readonly loopDelay: LoopDelay;
  private host: string;
  private failures = 0;
  private cancelRetry: Cancel | undefined;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: RelayOptions) {
    const { settings, token, cameras } = options;
    this.access = new Access(token, settings.access === 'open');
    this.cameras = new Map(cameras.map((camera) => [camera.id, camera]));
    this.host = settings.host;
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: maxClientMessageBytes,
      handleProtocols: () => subprotocol,
    });
    this.viewers = new Viewers(options.clock);
    this.loopDelay = new LoopDelay(options.clock);
    const stats = (camera: RelayCamera): CameraStats => {
      const worker = { eventLoopDelay: this.loopDelay.figures() };
      return cameraStats(camera, this.viewers.of(camera), worker, options.clock.nowUs());
    };
    this.pages = new Pages(this.access, cameras, settings.basePath, stats);
    this.server = createServer({ noDelay: true }, (request, response) => {
      this.pages
        .answer(request)
        .then((answer) => this.respond(answer, request, response))
        .catch((error: unknown) => {
          options.log('warn', `A request to the relay failed: ${String(error)}`);
          response.destroy();
        });
    });
    this.server.maxConnections = maxConnections;
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    this.server.on('error', (error) => this.listenFailed(error));
    this.server.on('listening', () => this.listening());
  }

  /** Listens, and tries again until it can. */
  open(): void {
    if (this.closing) return;
    this.server.listen({ host: this.host, port: this.options.settings.port });
  }

  /** Disconnects everybody and frees the port; safe to call twice. */
  close(): Promise<void> {
    this.closing ??= new Promise((resolve) => {
      this.cancelRetry?.();
      this.loopDelay.close();
      this.viewers.close(1001, 'the relay is shutting down');
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
    return this.closing;
  }

  private listening(): void {
    this.failures = 0;
    const { address, port } = this.server.address() as AddressInfo;
    this.options.onState({ state: 'listening', host: address, port });
  }

  private listenFailed(error: NodeJS.ErrnoException): void {
    const { settings, clock, log, onState } = this.options;
    if (this.server.listening) {
      log('warn', `A connection to the relay could not be accepted: ${error.message}`);
      return;
    }
    if (this.host === '::' && (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL')) {
      this.host = '0.0.0.0';
      this.open();
      return;
    }
    this.failures += 1;
    onState({ state: 'waiting', ...explainListenError(error, settings) });
    this.cancelRetry = clock.after(retryDelayMs(this.failures, Math.random()), () => this.open());
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = parseUrl(request);
    const target = url && route(url.pathname, this.options.settings.basePath);
    const proof = url && this.access.check(request, url);
    const camera = target?.to === 'live' ? this.cameras.get(target.id) : undefined;
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    let refusal: number | undefined;
    if (!url || !proof) refusal = 401;
    else if (isForeignPage(request, proof)) refusal = 403;
    else if (!camera) refusal = 404;
    else if (offered && !offered.includes(subprotocol)) refusal = 400;
    if (refusal !== undefined || !camera || !url) {
      refuseUpgrade(socket, refusal ?? 404);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.view(webSocket, socket, camera, request, url),
    );
  }

  private view(
    webSocket: WebSocket,
    socket: Duplex,
    camera: RelayCamera,
    request: IncomingMessage,
    url: URL,
  ): void {
    const isPage = webSocket.protocol === subprotocol;
    const options = this.viewerOptions(camera, isPage ? 'page' : 'plain', request);
    const viewer = isPage
      ? new ProtocolViewer(options, webSocket, socket)
      : new PlainViewer(options, webSocket, socket, url.searchParams.get('join') === 'gop');
    this.viewers.add(viewer, camera);
  }

  private respond(answer: Answer | StreamRequest, request: IncomingMessage, response: ServerResponse): void {
    if ('status' in answer) {
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    // Who has left meanwhile would never be said to have left.
    if (response.closed || request.socket.destroyed) return;
    const { camera, kind, burst } = answer;
    this.viewers.add(new HttpViewer(this.viewerOptions(camera, kind, request), response, burst), camera);
  }

  private viewerOptions<K extends ViewerKind>(
    camera: RelayCamera,
    kind: K,
    { socket }: IncomingMessage,
  ): ViewerOptions & { readonly kind: K } {
    const { clock, settings } = this.options;
    const address = socket.remoteAddress ?? 'unknown';
    return { camera, clock, kind, address, maxDelayUs: settings.maxDelay * 1_000_000 };
  }
}

/** Whether a page of another site uses what its visitor has: the cookie, or the way to a relay that is open. */
function isForeignPage(request: IncomingMessage, proof: Proof): boolean {
  if (proof === 'token' || (proof === 'open' && request.headers.origin === undefined)) return false;
  return !isSameOrigin(request);
}

/** What the relay cannot listen for, and what to do about it. */
function explainListenError(
  error: NodeJS.ErrnoException,
  { host, port }: RelaySettings,
): { reason: string; remedy: string } {
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = portHolder(port);
      return {
        reason: `The live view cannot start because port ${port} is taken${holder ? ` by ${holder}` : ''}.`,
        remedy: 'End that program, or set another "relay.port".',
      };
    }
    case 'EACCES':
      return {
        reason: `The live view may not use port ${port}.`,
        remedy: 'Set a "relay.port" of 1024 or more.',
      };
    case 'EADDRNOTAVAIL':
      return {
        reason: `The live view cannot start because this machine has no address ${host}.`,
        remedy: 'Correct "relay.host", or leave it out.',
      };
    default:
      return {
        reason: `The live view cannot start: ${error.message}.`,
        remedy: 'Check "relay.host" and "relay.port".',
      };
  }
}

/** Nothing times out a socket after 'upgrade': one that was only ended would stay for as long as the stranger likes. */
function refuseUpgrade(socket: Duplex, status: number): void {
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
