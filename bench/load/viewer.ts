import { connect, type Socket } from 'node:net';
import { clientFrame, type FrameListener, FrameParser, Opcode } from './frame-parser.js';
import { openingRequest, OpeningAnswer } from './handshake.js';
import type { Target } from './messages.js';
import { pictureReader, type PictureReader } from './readers.js';
import type { Recorder } from './recorder.js';

/** One read takes whatever has come; all viewers share the memory, because a read is dealt with at once. */
const sharedBuffer = Buffer.allocUnsafeSlow(1024 * 1024);
/** A viewer that reads slowly takes little at a time. */
const littleBuffer = sharedBuffer.subarray(0, 16 * 1024);
const reconnectMs = 100;

export interface ViewerOptions {
  readonly target: Target;
  readonly recorder: Recorder;
  readonly isFirst: boolean;
  /** Keeps every picture and compares all of its bytes. */
  readonly copies: boolean;
  /** Told of the first key frame of each connection. */
  readonly onKey?: () => void;
}

/** A viewer on a bare socket. Comes back when the relay sends it away, as a page does. */
export class Viewer implements FrameListener {
  private socket: Socket | undefined;
  private answer: OpeningAnswer | undefined;
  private parser = new FrameParser(this);
  private reader: PictureReader;
  private opcode = 0;
  private small: Buffer[] = [];
  private readUs = 0;
  private openedUs = 0;
  private previous: number | undefined;
  private hasKey = false;
  private bitsPerSecond: number | undefined;
  private stalled = false;
  private left = false;
  private onOpen: () => void = () => undefined;

  constructor(private readonly options: ViewerOptions) {
    this.reader = this.newReader();
  }

  /** Connects. @returns when the relay has let it in */
  open(): Promise<void> {
    this.left = false;
    return new Promise((resolve) => {
      this.onOpen = resolve;
      this.connect();
    });
  }

  /** Reads no faster from now on. */
  throttle(bitsPerSecond: number): void {
    this.bitsPerSecond = bitsPerSecond;
  }

  /** Stops reading. */
  stall(): void {
    this.stalled = true;
    this.socket?.pause();
  }

  /** Reads again. */
  resume(): void {
    this.stalled = false;
    this.socket?.resume();
  }

  /** Says goodbye, or vanishes without a word. */
  leave(politely = true): void {
    this.left = true;
    this.stalled = false;
    if (politely) this.socket?.end(clientFrame(Opcode.close, Buffer.from([3, 232])));
    this.socket?.destroySoon();
  }

  begin(opcode: number, length: number): void {
    this.opcode = opcode;
    this.small = [];
    if (this.isMedia) this.reader.begin(length);
  }

  payload(bytes: Buffer): void {
    if (this.isMedia) this.reader.payload(bytes);
    else this.small.push(Buffer.from(bytes));
  }

  end(): void {
    if (this.isMedia) {
      this.reader.end();
      return;
    }
    const payload = Buffer.concat(this.small);
    if (this.opcode === Opcode.ping) this.socket?.write(clientFrame(Opcode.pong, payload));
    if (this.opcode === Opcode.text) this.readText(payload.toString());
  }

  private get isMedia(): boolean {
    return this.opcode === Opcode.binary || this.opcode === 0;
  }

  private connect(): void {
    const { target, recorder } = this.options;
    this.answer = new OpeningAnswer();
    this.parser = new FrameParser(this);
    this.reader = this.newReader();
    this.previous = undefined;
    this.hasKey = false;
    const socket = connect({
      host: '127.0.0.1',
      port: target.port,
      noDelay: true,
      onread: {
        buffer: () => (this.bitsPerSecond === undefined ? sharedBuffer : littleBuffer),
        callback: (count) => {
          if (this.socket !== socket) return false;
          this.read(sharedBuffer.subarray(0, count));
          this.rest(count);
          return true;
        },
      },
    });
    this.socket = socket;
    socket.on('connect', () => socket.write(openingRequest(target)));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.left || this.socket !== socket) return;
      recorder.ended += 1;
      setTimeout(() => {
        if (!this.left) this.connect();
      }, reconnectMs);
    });
  }

  private newReader(): PictureReader {
    const { target, copies, recorder, isFirst, onKey } = this.options;
    return pictureReader(target, copies, (picture) => {
      if (this.left) return;
      const arrivedUs = this.readUs;
      recorder.received({ ...picture, arrivedUs }, this.previous, isFirst);
      this.previous = picture.picture;
      if (!picture.key || this.hasKey) return;
      this.hasKey = true;
      recorder.joinsMs.push((arrivedUs - this.openedUs) / 1000);
      onKey?.();
    });
  }

  private read(bytes: Buffer): void {
    this.readUs = Number(process.hrtime.bigint() / 1000n);
    if (!this.answer) {
      this.parser.push(bytes);
      return;
    }
    const rest = this.answer.push(bytes);
    if (!rest) return;
    this.answer = undefined;
    this.openedUs = this.readUs;
    if (this.options.target.carries === 'pictures') {
      this.socket?.write(clientFrame(Opcode.text, Buffer.from('{"type":"start"}')));
    }
    this.onOpen();
    this.parser.push(rest);
  }

  /** Waits for as long as a slow line would have taken. */
  private rest(bytes: number): void {
    const { socket, bitsPerSecond } = this;
    if (bitsPerSecond === undefined) return;
    socket?.pause();
    setTimeout(
      () => {
        if (!this.stalled) socket?.resume();
      },
      (bytes * 8 * 1000) / bitsPerSecond,
    );
  }

  private readText(text: string): void {
    const message = JSON.parse(text) as { type: string; tracks?: readonly { width?: number }[] };
    if (message.type === 'hello') this.options.recorder.width = message.tracks?.[0]?.width;
  }
}
