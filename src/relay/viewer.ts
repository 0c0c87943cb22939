import type { WebSocket } from 'ws';
import type { CameraState } from '../shared/camera-state.js';
import type { Cancel, Clock } from '../shared/clock.js';
import type { AccessUnit, VideoFormat } from '../video/access-unit.js';
import type { LiveFeed, Subscriber } from '../video/live-feed.js';
import {
  burstEndMessage,
  burstMessage,
  helloMessage,
  mediaMessage,
  parseClientMessage,
  stateMessage,
} from './wire.js';

/** A camera as the relay shows it. */
export interface RelayCamera {
  readonly id: string;
  readonly name: string;
  readonly feed: LiveFeed;
}

/** Bytes that may wait for a viewer in this process; past it the viewer loses pictures up to the next IDR. */
const maxWaitingBytes = 1024 * 1024;
const heartbeatMs = 10_000;

/** One WebSocket client of a camera. Ends with its socket. */
abstract class Viewer implements Subscriber {
  private readonly unsubscribe: () => void;
  private cancelHeartbeat: Cancel;
  private alive = true;
  private waitingForKey = true;
  /** Bytes of a burst that may still wait: it came at once, so it says nothing of the viewer's speed. */
  private burstBytes = 0;

  constructor(
    protected readonly socket: WebSocket,
    protected readonly camera: RelayCamera,
    protected readonly clock: Clock,
  ) {
    socket.on('close', () => this.end());
    // The 'close' that follows says all there is to say.
    socket.on('error', () => undefined);
    socket.on('pong', () => (this.alive = true));
    this.cancelHeartbeat = clock.after(heartbeatMs, () => this.heartbeat());
    this.unsubscribe = camera.feed.subscribe(this);
  }

  abstract accessUnit(unit: AccessUnit): void;
  abstract state(state: CameraState): void;
  protected abstract message(unit: AccessUnit): Buffer;

  /** Sends a live picture, unless the viewer is too slow or could not decode it. */
  protected sendLive(unit: AccessUnit): void {
    if (unit.key) this.waitingForKey = false;
    const waiting = this.socket.bufferedAmount;
    if (waiting <= maxWaitingBytes) this.burstBytes = 0;
    if (waiting > maxWaitingBytes + this.burstBytes) this.waitingForKey = true;
    if (this.waitingForKey) return;
    this.socket.send(this.message(unit));
  }

  /** Sends the newest IDR and all pictures since, if there are any; live pictures then continue them. */
  protected sendGop(): void {
    const { gop } = this.camera.feed;
    if (gop.length === 0) return;
    for (const unit of gop) {
      this.socket.send(this.message(unit));
      this.burstBytes += unit.data.length;
    }
    this.waitingForKey = false;
  }

  /** A viewer that has vanished without a word is noticed by its silence. */
  private heartbeat(): void {
    if (!this.alive) {
      this.socket.close(1013, 'no answer for too long');
      this.socket.terminate();
      return;
    }
    this.alive = false;
    this.socket.ping();
    this.cancelHeartbeat = this.clock.after(heartbeatMs, () => this.heartbeat());
  }

  private end(): void {
    this.cancelHeartbeat();
    this.unsubscribe();
  }
}

/** A client that asked for no subprotocol: access units and nothing else. */
export class PlainViewer extends Viewer {
  constructor(socket: WebSocket, camera: RelayCamera, clock: Clock, join: 'gop' | 'idr') {
    super(socket, camera, clock);
    if (join === 'gop') this.sendGop();
  }

  accessUnit(unit: AccessUnit): void {
    this.sendLive(unit);
  }

  state(): void {
    // Plain clients are told nothing but pictures.
  }

  protected message(unit: AccessUnit): Buffer {
    return unit.data;
  }
}

/** A client of `libcamera.v1` (docs/protocol.md). */
export class ProtocolViewer extends Viewer {
  private started = false;
  private format: VideoFormat | undefined;

  constructor(socket: WebSocket, camera: RelayCamera, clock: Clock) {
    super(socket, camera, clock);
    this.hello(camera.feed.gop[0]?.format);
    this.state(camera.feed.state);
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.read((data as Buffer).toString('utf8'));
    });
  }

  accessUnit(unit: AccessUnit): void {
    if (unit.format !== this.format) this.hello(unit.format);
    if (this.started) this.sendLive(unit);
  }

  state(state: CameraState): void {
    this.socket.send(stateMessage(state));
  }

  protected message(unit: AccessUnit): Buffer {
    return mediaMessage(unit);
  }

  private read(text: string): void {
    const message = parseClientMessage(text);
    if (message.type === 'malformed') this.socket.close(1007, 'malformed JSON');
    if (message.type !== 'start' || this.started || !message.video) return;
    this.started = true;
    const { gop } = this.camera.feed;
    if (gop.length === 0) return;
    this.socket.send(burstMessage(gop.length));
    this.sendGop();
    this.socket.send(burstEndMessage);
  }

  private hello(format: VideoFormat | undefined): void {
    this.format = format;
    this.socket.send(helloMessage(this.camera, format, this.clock.nowUs()));
  }
}
