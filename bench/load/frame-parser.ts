export const Opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Told of the frames of a WebSocket server, piece by piece as they come. */
export interface FrameListener {
  begin(opcode: number, length: number): void;
  /** Valid during the call only. */
  payload(bytes: Buffer): void;
  end(): void;
}

/** Reads unmasked WebSocket frames (RFC 6455, 5.2) without gathering them: 300 viewers cost no copies. */
export class FrameParser {
  private readonly head = Buffer.alloc(10);
  private headBytes = 0;
  private missing = 0;
  private inPayload = false;

  constructor(private readonly listener: FrameListener) {}

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (!this.inPayload) {
        this.head[this.headBytes] = bytes[at] ?? 0;
        this.headBytes += 1;
        at += 1;
        if (this.headBytes >= 2 && this.headBytes === this.headLength()) this.begin();
        continue;
      }
      const part = bytes.subarray(at, at + this.missing);
      at += part.length;
      this.missing -= part.length;
      this.listener.payload(part);
      if (this.missing === 0) this.end();
    }
  }

  private headLength(): number {
    const length = this.head.readUInt8(1);
    if (length >= 128) throw new Error('A server does not mask its frames.');
    return length === 127 ? 10 : length === 126 ? 4 : 2;
  }

  private begin(): void {
    const short = this.head.readUInt8(1);
    this.missing =
      short === 127
        ? Number(this.head.readBigUInt64BE(2))
        : short === 126
          ? this.head.readUInt16BE(2)
          : short;
    this.headBytes = 0;
    this.inPayload = true;
    this.listener.begin(this.head.readUInt8(0) & 15, this.missing);
    if (this.missing === 0) this.end();
  }

  private end(): void {
    this.inPayload = false;
    this.listener.end();
  }
}

/** A short frame of a client. Its mask is zero, which leaves the payload as it is. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  if (payload.length > 125) throw new Error('The load client says nothing that long.');
  return Buffer.concat([Buffer.from([128 | opcode, 128 | payload.length, 0, 0, 0, 0]), payload]);
}
