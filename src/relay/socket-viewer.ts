import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { CameraState } from '../shared/camera-state.js';
import type { AccessUnit, VideoFormat } from '../video/access-unit.js';
import { Delivery, resumeBy } from './delivery.js';
import { type Form, prepare, prepareBurst, readPong } from './prepared.js';
import { Viewer, type ViewerOptions } from './viewer.js';
import { helloMessage, parseClientMessage, stateMessage } from './wire.js';

/** Bytes that may wait in this process for a viewer, beside a burst: a second guard, when acknowledgements tell nothing. */
const maxWaitingBytes = 1024 * 1024;

/**
 * A WebSocket client. Pictures are written to its socket as they were prepared, `ws` does the rest: without compression
 * it writes its own frames at once and whole, so that the two can take turns.
 */
abstract class SocketViewer extends Viewer {
  private readonly delivery: Delivery;
  /** `held`: it is behind, and sent nothing until it has caught up. `key`: it can go on with the next IDR. */
  private flow: 'live' | 'held' | 'key' = 'key';
  private resuming = false;
  /** Bytes of a burst that may still wait: it came at once, so it says nothing of the viewer's speed. */
  private burstBytes = 0;

  constructor(
    options: ViewerOptions,
    protected readonly webSocket: WebSocket,
    private readonly socket: Duplex,
    private readonly form: Form,
  ) {
    super(options);
    this.delivery = new Delivery(this.clock.nowUs());
    webSocket.on('close', () => this.end());
    // The 'close' that follows says all there is to say.
    webSocket.on('error', () => undefined);
    webSocket.on('pong', (payload) => this.pong(payload));
  }

  disconnect(code: number, reason: string): void {
    this.webSocket.close(code, reason);
    this.webSocket.terminate();
  }

  tick(nowUs: number): void {
    if (this.delivery.isGone(nowUs)) this.disconnect(1013, 'nothing was acknowledged for 10 s');
    else if (this.delivery.wantsHeartbeat(nowUs)) this.ping(nowUs);
  }

  protected delayUs(nowUs: number): number {
    return this.delivery.delayUs(nowUs);
  }

  /** Whether a viewer that has caught up may be sent what it missed. */
  protected abstract readonly takesBursts: boolean;

  /** Sends a live picture, unless the viewer is behind or could not decode it. */
  protected sendLive(unit: AccessUnit): void {
    // Nothing may follow a close frame.
    if (this.webSocket.readyState !== this.webSocket.OPEN) return;
    const nowUs = this.clock.nowUs();
    if (this.flow === 'live' && this.isBehind(nowUs)) this.hold(nowUs);
    if (this.flow === 'key' && unit.key) this.resumed();
    if (this.flow !== 'live') {
      if (this.resuming) this.countSkipped();
      return;
    }
    const { bytes, messageBytes, pingId } = prepare(unit, this.form);
    const withPing = this.delivery.wantsPing(nowUs);
    const sent = withPing ? bytes : bytes.subarray(0, messageBytes);
    this.socket.write(sent);
    this.delivery.sent(sent.length, withPing ? pingId : undefined, nowUs);
    this.countSent(1, sent.length);
  }

  /** Sends the newest IDR and all pictures since in one write, if there are any; live pictures then continue them. */
  protected sendBurst(): void {
    const burst = prepareBurst(this.camera.feed.gop, this.form);
    if (!burst || this.webSocket.readyState !== this.webSocket.OPEN) return;
    const nowUs = this.clock.nowUs();
    this.socket.write(burst.bytes);
    let at = 0;
    for (const { pingId, endsAt } of burst.pings) {
      this.delivery.sent(endsAt - at, pingId, nowUs);
      at = endsAt;
    }
    this.burstBytes = burst.bytes.length;
    this.countSent(burst.pictures, burst.bytes.length);
    this.resumed();
  }

  private isBehind(nowUs: number): boolean {
    const waiting = this.socket.writableLength;
    if (waiting <= maxWaitingBytes) this.burstBytes = 0;
    return (
      this.delivery.waitingUs(nowUs) > this.options.maxDelayUs || waiting > maxWaitingBytes + this.burstBytes
    );
  }

  private hold(nowUs: number): void {
    this.flow = 'held';
    this.resuming = true;
    this.delivery.hold();
    // Behind the last byte: when its pong comes, all has arrived.
    this.ping(nowUs);
  }

  private resumed(): void {
    this.flow = 'live';
    if (this.resuming) this.countResync();
    this.resuming = false;
  }

  private pong(payload: Buffer): void {
    const pingId = readPong(payload);
    const nowUs = this.clock.nowUs();
    if (pingId === undefined) return;
    this.delivery.acknowledged(pingId, nowUs);
    if (this.flow === 'held' && this.delivery.isIdle) this.goOn(nowUs);
  }

  /** It has caught up: whatever is sooner live. */
  private goOn(nowUs: number): void {
    this.flow = 'key';
    if (!this.takesBursts) return;
    const { gop, meter } = this.camera.feed;
    const way = resumeBy({
      gopBytes: gop.reduce((sum, { data }) => sum + data.length, 0),
      keyBytes: gop[0]?.data.length ?? 0,
      untilKeyUs: meter.untilKeyUs(nowUs),
      rate: this.delivery.rate,
    });
    if (way === 'burst') this.sendBurst();
  }

  /** A ping that belongs to no picture. */
  private ping(nowUs: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(ownPingId);
    this.webSocket.ping(payload);
    this.delivery.sent(0, ownPingId, nowUs);
  }
}

/** No picture has it for four years at 30 pictures per second. */
const ownPingId = 2 ** 32 - 1;

/** A client that asked for no subprotocol: access units and nothing else. */
export class PlainViewer extends SocketViewer {
  constructor(
    options: ViewerOptions,
    webSocket: WebSocket,
    socket: Duplex,
    protected readonly takesBursts: boolean,
  ) {
    super(options, webSocket, socket, 'plain');
    this.subscribe();
    if (takesBursts) this.sendBurst();
  }

  accessUnit(unit: AccessUnit): void {
    this.sendLive(unit);
  }

  state(): void {
    // Plain clients are told nothing but pictures.
  }
}

/** A client of `libcamera.v1` (docs/protocol.md). */
export class ProtocolViewer extends SocketViewer {
  protected readonly takesBursts = true;
  private started = false;
  private format: VideoFormat | undefined;

  constructor(options: ViewerOptions, webSocket: WebSocket, socket: Duplex) {
    super(options, webSocket, socket, 'protocol');
    this.hello(this.camera.feed.gop[0]?.format);
    this.subscribe();
    this.state(this.camera.feed.state);
    webSocket.on('message', (data, isBinary) => {
      if (!isBinary) this.read((data as Buffer).toString('utf8'));
    });
  }

  accessUnit(unit: AccessUnit): void {
    if (unit.format !== this.format) this.hello(unit.format);
    if (this.started) this.sendLive(unit);
  }

  state(state: CameraState): void {
    this.webSocket.send(stateMessage(state));
  }

  private read(text: string): void {
    const message = parseClientMessage(text);
    if (message.type === 'malformed') this.webSocket.close(1007, 'malformed JSON');
    if (message.type !== 'start' || this.started || !message.video) return;
    this.started = true;
    this.sendBurst();
  }

  private hello(format: VideoFormat | undefined): void {
    this.format = format;
    this.webSocket.send(helloMessage(this.camera, format, this.clock.nowUs()));
  }
}
