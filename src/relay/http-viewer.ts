import type { ServerResponse } from 'node:http';
import type { AccessUnit } from '../video/access-unit.js';
import { fragment } from '../mp4/fragment.js';
import { initSegment } from '../mp4/init-segment.js';
import { Mp4Timeline } from '../mp4/mp4-timeline.js';
import { Viewer, type ViewerOptions } from './viewer.js';

/** Bytes that may wait in this process for a client, beside a burst. */
const maxWaitingBytes = 1024 * 1024;
/** A client that takes nothing for so long is gone. */
const goneAfterUs = 10_000_000;

/** Turns access units into what a client of a format reads. */
interface Format {
  readonly contentType: string;
  /** @returns nothing when the stream cannot go on: it has changed in a way that the format cannot express */
  encode(units: readonly AccessUnit[]): Buffer | undefined;
}

/** Annex B, for ffplay, VLC, Frigate, go2rtc. */
class AnnexB implements Format {
  readonly contentType = 'video/h264';

  encode(units: readonly AccessUnit[]): Buffer {
    const [only, ...more] = units;
    return only && more.length === 0 ? only.data : Buffer.concat(units.map(({ data }) => data));
  }
}

/** Fragmented MP4, one fragment per picture, for a plain `<video>`. */
class Mp4 implements Format {
  readonly contentType = 'video/mp4';
  private begun: { readonly format: AccessUnit['format']; readonly timeline: Mp4Timeline } | undefined;
  private sequence = 0;

  encode(units: readonly AccessUnit[]): Buffer | undefined {
    const [first] = units;
    if (!first) return Buffer.alloc(0);
    const parts: Buffer[] = [];
    if (!this.begun) {
      this.begun = { format: first.format, timeline: new Mp4Timeline(first.timestampUs) };
      parts.push(initSegment(first.format));
    }
    const { format, timeline } = this.begun;
    for (const unit of units) {
      // Players read one description of the pictures per file.
      if (unit.format !== format) return undefined;
      this.sequence += 1;
      parts.push(fragment([unit], this.sequence, timeline));
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }
}

/**
 * A client that reads a stream over HTTP. It acknowledges nothing, so what is bounded is what waits in this process: one
 * that does not take it within the delay that is allowed loses pictures up to the next IDR after it has.
 */
export class HttpViewer extends Viewer {
  private readonly format: Format;
  private flow: 'live' | 'held' | 'key' = 'key';
  private resuming = false;
  /** Since when something waits, in µs. */
  private waitingSinceUs: number | undefined;
  private burstBytes = 0;

  /** @param burst whether it begins with the cached pictures instead of the next IDR */
  constructor(
    options: ViewerOptions & { readonly kind: 'h264' | 'mp4' },
    private readonly response: ServerResponse,
    burst: boolean,
  ) {
    super(options);
    this.format = options.kind === 'h264' ? new AnnexB() : new Mp4();
    response.on('close', () => this.end());
    response.on('error', () => undefined);
    response.on('drain', () => this.drained());
    response.writeHead(200, {
      'Content-Type': this.format.contentType,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.flushHeaders();
    this.subscribe();
    if (burst) this.sendBurst();
  }

  accessUnit(unit: AccessUnit): void {
    const nowUs = this.clock.nowUs();
    if (this.flow === 'held' && this.response.writableLength === 0) this.drained();
    if (this.flow === 'live' && this.isBehind(nowUs)) {
      this.flow = 'held';
      this.resuming = true;
    }
    if (this.flow === 'key' && unit.key) {
      this.flow = 'live';
      if (this.resuming) this.countResync();
      this.resuming = false;
    }
    if (this.flow === 'live') this.write([unit], nowUs);
    else if (this.resuming) this.countSkipped();
  }

  state(): void {
    // A stream of pictures has no words: it waits, and goes on with the camera.
  }

  tick(nowUs: number): void {
    if (this.waitingSinceUs !== undefined && nowUs - this.waitingSinceUs >= goneAfterUs)
      this.response.destroy();
  }

  disconnect(): void {
    this.response.destroy();
  }

  protected delayUs(): undefined {
    return undefined;
  }

  private sendBurst(): void {
    const { gop } = this.camera.feed;
    if (gop.length === 0) return;
    this.flow = 'live';
    this.burstBytes = this.write(gop, this.clock.nowUs());
  }

  private write(units: readonly AccessUnit[], nowUs: number): number {
    const bytes = this.format.encode(units);
    if (!bytes) {
      this.response.end();
      this.end();
      return 0;
    }
    this.response.write(bytes);
    if (this.response.writableLength > 0) this.waitingSinceUs ??= nowUs;
    this.countSent(units.length, bytes.length);
    return bytes.length;
  }

  private isBehind(nowUs: number): boolean {
    const waiting = this.response.writableLength;
    if (waiting === 0) this.drained();
    return (
      waiting > maxWaitingBytes + this.burstBytes ||
      (this.waitingSinceUs !== undefined && nowUs - this.waitingSinceUs > this.options.maxDelayUs)
    );
  }

  private drained(): void {
    this.waitingSinceUs = undefined;
    this.burstBytes = 0;
    if (this.flow === 'held') this.flow = 'key';
  }
}
