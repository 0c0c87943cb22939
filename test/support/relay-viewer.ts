/** A WebSocket client of the relay that writes down all it receives. Written from docs/protocol.md, not from src/. */
import { WebSocket, type ClientOptions } from 'ws';

/** A JSON message of the server. */
export type Message = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Header {
  readonly type: number;
  readonly flags: number;
  readonly track: number;
  readonly headerLength: number;
  readonly sequence: number;
  readonly timestampUs: number;
  readonly durationUs: number;
}

/** A picture as it was received. */
export interface ReceivedPicture {
  /** The whole message. */
  readonly message: Buffer;
  /** Annex B. */
  readonly data: Buffer;
  /** When, in µs of the monotonic clock, which the relay on this machine has as well. */
  readonly receivedUs: number;
}

export interface ProtocolPicture extends ReceivedPicture {
  readonly header: Header;
}

/** What a client of `libcamera.v1` received, in order. */
export type ProtocolEvent = { readonly message: Message } | { readonly picture: ProtocolPicture };

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** A client that offers no subprotocol. */
export class PlainViewer<Picture extends ReceivedPicture = ReceivedPicture> {
  readonly pictures: Picture[] = [];
  /** Set once the connection has ended. */
  closed: Closed | undefined;
  readonly #changed = new Set<() => void>();
  readonly #socket: WebSocket;

  protected constructor(url: string, protocols: string[], options?: ClientOptions) {
    this.#socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.receive(data, isBinary);
      this.#tell();
    });
    this.#socket.on('open', () => this.#tell());
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#tell();
    });
  }

  /** Connects; rejects when the relay refuses. */
  static async open(url: string, options?: ClientOptions): Promise<PlainViewer> {
    const viewer = new PlainViewer(url, [], options);
    await viewer.opened();
    return viewer;
  }

  protected async opened(): Promise<void> {
    await this.until('the connection', 5000, () => this.#socket.readyState === WebSocket.OPEN);
  }

  /** Resolves when something holds, which is looked at after every message; rejects when the connection ends first. */
  async until(what: string, withinMs: number, holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#changed.delete(look);
      };
      const look = (): void => {
        const held = holds();
        if (!held && !this.closed) return;
        finish();
        if (held) resolve();
        else reject(new Error(`The connection ended before: ${what} (${JSON.stringify(this.closed)})`));
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`Not within ${withinMs} ms: ${what}. Received: ${this.describe()}`));
      }, withinMs);
      this.#changed.add(look);
    });
  }

  /** Resolves when so many more pictures have come. */
  more(count: number, withinMs: number): Promise<void> {
    const wanted = this.pictures.length + count;
    return this.until(`${count} more pictures`, withinMs, () => this.pictures.length >= wanted);
  }

  send(data: string | Buffer): void {
    this.#socket.send(data);
  }

  /** Says goodbye. */
  leave(): Promise<void> {
    this.#socket.close();
    return this.ended();
  }

  /** Vanishes without a word. */
  drop(): Promise<void> {
    this.#socket.terminate();
    return this.ended();
  }

  /** Resolves when the connection has ended. */
  async ended(withinMs = 5000): Promise<void> {
    await this.until('the end of the connection', withinMs, () => this.closed !== undefined);
  }

  protected receive(data: Buffer, isBinary: boolean): void {
    if (!isBinary) throw new Error(`A plain client got text: ${data.toString()}`);
    this.pictures.push({ message: data, data, receivedUs: nowUs() } as Picture);
  }

  protected describe(): string {
    return `${this.pictures.length} pictures`;
  }

  #tell(): void {
    for (const look of [...this.#changed]) look();
  }
}

/** A client of `libcamera.v1`. */
export class ProtocolViewer extends PlainViewer<ProtocolPicture> {
  readonly events: ProtocolEvent[] = [];

  static override async open(url: string, options?: ClientOptions): Promise<ProtocolViewer> {
    const viewer = new ProtocolViewer(url, ['libcamera.v1'], options);
    await viewer.opened();
    return viewer;
  }

  /** Opens a connection and asks for pictures. */
  static async watch(url: string): Promise<ProtocolViewer> {
    const viewer = await ProtocolViewer.open(url);
    viewer.send(JSON.stringify({ type: 'start' }));
    return viewer;
  }

  /** All messages of a type so far. */
  messages(type: string): Message[] {
    return this.events.flatMap((event) =>
      'message' in event && event.message.type === type ? [event.message] : [],
    );
  }

  /** Waits for a state message, also one from before. */
  async state(state: string, withinMs: number): Promise<Message> {
    const find = (): Message | undefined => this.messages('state').find((message) => message.state === state);
    await this.until(`state ${state}`, withinMs, () => find() !== undefined);
    return find() ?? { type: 'state' };
  }

  protected override receive(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      this.events.push({ message: JSON.parse(data.toString()) as Message });
      return;
    }
    const header = readHeader(data);
    const picture = { message: data, header, data: data.subarray(header.headerLength), receivedUs: nowUs() };
    this.pictures.push(picture);
    this.events.push({ picture });
  }

  protected override describe(): string {
    const texts = this.events.flatMap((event) => ('message' in event ? [JSON.stringify(event.message)] : []));
    return `${super.describe()}, ${texts.join(' ')}`;
  }
}

function readHeader(message: Buffer): Header {
  return {
    type: message.readUInt8(0),
    flags: message.readUInt8(1),
    track: message.readUInt8(2),
    headerLength: message.readUInt8(3),
    sequence: message.readUInt32BE(4),
    timestampUs: Number(message.readBigUInt64BE(8)),
    durationUs: message.readUInt32BE(16),
  };
}

/** Tries to open a WebSocket. @returns the HTTP status of the answer: 101 when it was let in */
export function upgradeStatus(url: string, protocols: string[], options: ClientOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { handshakeTimeout: 5000, ...options });
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    socket.once('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('error', reject);
  });
}
