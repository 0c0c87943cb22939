import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';

/** The page lies below a proxy's path, so that an absolute address in it shows. */
const BASE = '/behind/a/proxy';
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src blob:; img-src 'self' data:; base-uri 'none'";

const root = new URL('../../../', import.meta.url);
const pages = new URL('dist/pages/', root);
const recordings = new URL('test/fixtures/recordings/', root);

/** Path below the base, content type, file. */
const files: readonly (readonly [string, string, URL])[] = [
  ['/', 'text/html; charset=utf-8', new URL('index.html', pages)],
  ['/cam/', 'text/html; charset=utf-8', new URL('live.html', pages)],
  ['/assets/index.css', 'text/css; charset=utf-8', new URL('index.css', pages)],
  ['/assets/index.js', 'text/javascript; charset=utf-8', new URL('index.js', pages)],
  ['/assets/live.css', 'text/css; charset=utf-8', new URL('live.css', pages)],
  ['/assets/live.js', 'text/javascript; charset=utf-8', new URL('live.js', pages)],
  [
    '/assets/jmuxer.min.js',
    'text/javascript; charset=utf-8',
    new URL('node_modules/jmuxer/dist/jmuxer.min.js', root),
  ],
];

const START_CODE = Buffer.from([0, 0, 1]);

interface RecordedPicture {
  readonly data: Buffer;
  readonly key: boolean;
  /** µs since the recording's first picture. */
  readonly atUs: number;
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Speaks docs/protocol.md with a recording played in a loop in real time; nothing else is in it. */
export class FakeRelay {
  /** Sent after every `hello`. */
  state: Record<string, unknown> = { state: 'streaming' };
  cameras: unknown = [{ id: 'cam', name: 'Front door' }];
  letsIn = true;
  /** WebSockets opened so far. */
  connections = 0;

  readonly #pictures = readRecording();
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #viewers = new Set<WebSocket>();
  readonly #began = nowUs();
  #gop: Buffer[] = [];
  #sent = 0;
  #played = 0;
  #held: Buffer[] | undefined;
  readonly #track = { id: 0, kind: 'video', codec: 'avc1.640028', width: 1280, height: 720 };
  #playing = true;
  #timer: NodeJS.Timeout | undefined;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.letsIn || request.url !== `${BASE}/cam/live`) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (viewer) => this.#welcome(viewer));
    });
    this.#playDue();
  }

  static async open(): Promise<FakeRelay> {
    const relay = new FakeRelay();
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${BASE}`;
  }

  /** Tells all viewers, and those to come. */
  say(state: Record<string, unknown>): void {
    this.state = state;
    for (const viewer of this.#sockets.clients) this.#sendState(viewer);
  }

  /** The camera delivers nothing for a while. */
  pause(): void {
    this.#playing = false;
  }

  resume(): void {
    this.#playing = true;
  }

  dropViewers(): void {
    for (const viewer of this.#sockets.clients) viewer.terminate();
  }

  /** Announces another size; the pictures stay as they are. */
  changeTrack(change: { width: number; height: number }): void {
    Object.assign(this.#track, change);
    for (const viewer of this.#sockets.clients) this.#sendHello(viewer);
  }

  /** What is sent in the next `ms` arrives after them, at once. */
  async hold(ms: number): Promise<void> {
    this.#held = [];
    await new Promise((resolve) => setTimeout(resolve, ms));
    const held = this.#held;
    this.#held = undefined;
    for (const message of held) this.#sendMedia(message);
  }

  /** A key picture no decoder understands, with good parameter sets. */
  sendGarbage(): void {
    const key = this.#pictures[0]?.data ?? Buffer.alloc(0);
    const data = Buffer.from(key);
    const slice = data.lastIndexOf(Buffer.from([0, 0, 1, 0x65]));
    data.fill(0xff, slice + 4);
    this.#publish(data, true, 0);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.dropViewers();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').slice(BASE.length);
    if (!this.letsIn && !path.startsWith('/assets/')) {
      response.writeHead(401).end();
    } else if (path === '/cameras.json') {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(this.cameras));
    } else {
      const [, type, file] = files.find(([served]) => served === path) ?? [];
      if (!type || !file) response.writeHead(404).end();
      else {
        response
          .writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': CSP })
          .end(readFileSync(fileURLToPath(file)));
      }
    }
  }

  #welcome(viewer: WebSocket): void {
    this.connections++;
    this.#sendHello(viewer);
    this.#sendState(viewer);
    viewer.once('message', () => {
      viewer.send(JSON.stringify({ type: 'burst', pictures: this.#gop.length }));
      for (const message of this.#gop) viewer.send(message);
      viewer.send(JSON.stringify({ type: 'burstEnd' }));
      this.#viewers.add(viewer);
    });
    viewer.once('close', () => this.#viewers.delete(viewer));
  }

  #sendHello(viewer: WebSocket): void {
    const camera = { id: 'cam', name: 'Front door' };
    viewer.send(JSON.stringify({ type: 'hello', version: 1, camera, tracks: [this.#track], clock: nowUs() }));
  }

  #sendState(viewer: WebSocket): void {
    const { retryInMs, ...state } = this.state;
    const retry = typeof retryInMs === 'number' ? { retryAtUs: nowUs() + retryInMs * 1000 } : {};
    viewer.send(JSON.stringify({ type: 'state', ...state, ...retry }));
  }

  /** Publishes every picture whose time has come, and comes back for the next one. */
  #playDue(): void {
    const periodUs = (this.#pictures.at(-1)?.atUs ?? 0) + 33_333;
    const count = this.#pictures.length;
    for (let index = this.#played; ; index++) {
      const picture = this.#pictures[index % count];
      if (!picture) return;
      const dueUs = this.#began + Math.floor(index / count) * periodUs + picture.atUs;
      const inMs = (dueUs - nowUs()) / 1000;
      if (inMs > 0) {
        this.#played = index;
        this.#timer = setTimeout(() => this.#playDue(), inMs);
        return;
      }
      if (this.#playing) this.#publish(picture.data, picture.key, dueUs);
      else this.#gop = [];
    }
  }

  #publish(data: Buffer, key: boolean, timestampUs: number): void {
    // After a pause the viewers wait for a key picture, as they would at a real camera's start.
    if (!key && this.#gop.length === 0) return;
    const header = Buffer.alloc(20);
    header.writeUInt8(1, 0);
    header.writeUInt8((key ? 1 : 0) | (key && this.#gop.length === 0 ? 2 : 0), 1);
    header.writeUInt8(20, 3);
    header.writeUInt32BE(this.#sent++, 4);
    header.writeBigUInt64BE(BigInt(timestampUs || nowUs()), 8);
    header.writeUInt32BE(33_333, 16);
    const message = Buffer.concat([header, data]);
    if (key) this.#gop = [];
    this.#gop.push(message);
    if (this.#held) this.#held.push(message);
    else this.#sendMedia(message);
  }

  #sendMedia(message: Buffer): void {
    for (const viewer of this.#viewers) viewer.send(message);
  }
}

/** Cuts the recording behind every slice: it has one a picture, with its parameter sets in front. */
function readRecording(): RecordedPicture[] {
  const stream = readFileSync(new URL('vc4-720p30-intra30.h264', recordings));
  const times = readFileSync(new URL('vc4-720p30-intra30.pts', recordings), 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => Math.round(Number(line) * 1000));
  const cuts: { readonly at: number; readonly key: boolean }[] = [];
  let begin: number | undefined;
  for (let at = stream.indexOf(START_CODE); at >= 0; at = stream.indexOf(START_CODE, at + 3)) {
    begin ??= at;
    const type = (stream[at + 3] ?? 0) & 31;
    if (type !== 1 && type !== 5) continue;
    cuts.push({ at: begin, key: type === 5 });
    begin = undefined;
  }
  return cuts.map(({ at, key }, index) => ({
    data: stream.subarray(at, cuts[index + 1]?.at ?? stream.length),
    key,
    atUs: times[index] ?? 0,
  }));
}
