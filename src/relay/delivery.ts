/** Quiet connections are pinged this often: often enough for the delay that is allowed, seldom enough to cost nothing. */
const pingEveryUs = 250_000;
/** An acknowledgement that takes longer is a suspicion: from then on every picture has its ping. */
const suspiciousUs = 100_000;
/** Without any acknowledgement for so long the viewer is gone. */
const goneAfterUs = 10_000_000;
/** A connection over which nothing was sent is pinged this often, to notice that it is dead. */
const heartbeatUs = 5_000_000;
/** Pings that may be in flight; a client that answers none is cut long before. */
const maxInFlight = 1024;

interface Ping {
  readonly id: number;
  readonly sentUs: number;
  /** Bytes sent up to and with this ping, since the connection began. */
  readonly bytes: number;
}

/**
 * What one viewer has been sent, and how much of it has arrived. Pings go in order with the pictures and a pong
 * acknowledges all pings before it (RFC 6455, 5.5.3), so this sees what the buffers of kernel and network hide, which is
 * megabytes. Pure: knows no socket and no clock.
 */
export class Delivery {
  private inFlight: Ping[] = [];
  private bytes = 0;
  private lastPingUs: number;
  private lastAckUs: number;
  private roundTripUs = 0;
  /** Nothing is sent until the backlog is drained. */
  private draining = false;
  /** The first acknowledgement of the backlog. */
  private drain: { readonly atUs: number; readonly bytes: number } | undefined;
  private drainedRate: number | undefined;

  constructor(nowUs: number) {
    this.lastPingUs = nowUs;
    this.lastAckUs = nowUs;
  }

  /** @param pingId of the ping behind these bytes, if there is one */
  sent(bytes: number, pingId: number | undefined, nowUs: number): void {
    this.bytes += bytes;
    if (pingId === undefined || this.inFlight.length >= maxInFlight) return;
    this.inFlight.push({ id: pingId, sentUs: nowUs, bytes: this.bytes });
    this.lastPingUs = nowUs;
  }

  /** A pong has come. One that answers no ping in flight says nothing. */
  acknowledged(pingId: number, nowUs: number): void {
    const at = this.inFlight.findIndex(({ id }) => id === pingId);
    const ping = this.inFlight[at];
    if (!ping) return;
    this.roundTripUs = nowUs - ping.sentUs;
    this.lastAckUs = nowUs;
    this.inFlight = this.inFlight.slice(at + 1);
    if (!this.draining) return;
    this.drain ??= { atUs: nowUs, bytes: ping.bytes };
    const tookUs = nowUs - this.drain.atUs;
    if (this.isIdle && tookUs > 0) this.drainedRate = ((ping.bytes - this.drain.bytes) / tookUs) * 1_000_000;
    if (this.isIdle) this.draining = false;
  }

  /** Nothing more is sent until all that was sent has arrived: its speed is measured meanwhile. */
  hold(): void {
    this.draining = true;
    this.drain = undefined;
    this.drainedRate = undefined;
  }

  /** Whether all that was pinged has arrived. */
  get isIdle(): boolean {
    return this.inFlight.length === 0;
  }

  /** Whether a ping should stand behind what is sent now. */
  wantsPing(nowUs: number): boolean {
    return nowUs - this.lastPingUs >= pingEveryUs || this.waitingUs(nowUs) > suspiciousUs;
  }

  /** Whether nothing was sent for so long that only a ping tells if somebody is there. */
  wantsHeartbeat(nowUs: number): boolean {
    return this.isIdle && nowUs - this.lastPingUs >= heartbeatUs;
  }

  /** How long the oldest ping has waited for its pong, in µs. */
  waitingUs(nowUs: number): number {
    const [oldest] = this.inFlight;
    return oldest ? nowUs - oldest.sentUs : 0;
  }

  /** How late what arrives now is, in µs, as far as it is known; a round trip, so it is never too small. */
  delayUs(nowUs: number): number {
    return Math.max(this.roundTripUs, this.waitingUs(nowUs));
  }

  /** Whether nothing has been acknowledged for 10 s although something waits. */
  isGone(nowUs: number): boolean {
    const [oldest] = this.inFlight;
    return oldest !== undefined && nowUs - Math.max(oldest.sentUs, this.lastAckUs) >= goneAfterUs;
  }

  /**
   * Bytes per second at which the last backlog was drained: the speed of the narrowest place on the way.
   *
   * @returns nothing when there was none that took measurable time
   */
  get rate(): number | undefined {
    return this.drainedRate;
  }
}

/** What is known when a viewer that was held has caught up. */
export interface Resume {
  /** Bytes of the newest IDR and all pictures since. */
  readonly gopBytes: number;
  /** Bytes of that IDR. */
  readonly keyBytes: number;
  /** Until the next IDR is expected, in µs; nothing when it cannot be told. */
  readonly untilKeyUs: number | undefined;
  /** Bytes per second the viewer can take, if known. */
  readonly rate: number | undefined;
}

/**
 * How a viewer is sooner live: by the cached pictures now, or by waiting for the next IDR. Over a fast way the cache is
 * there in milliseconds; over a slow one it would only make the next backlog.
 */
export function resumeBy({ gopBytes, keyBytes, untilKeyUs, rate }: Resume): 'burst' | 'key' {
  if (gopBytes === 0) return 'key';
  if (rate === undefined || untilKeyUs === undefined) return 'burst';
  const burstUs = (gopBytes / rate) * 1_000_000;
  const keyUs = untilKeyUs + (keyBytes / rate) * 1_000_000;
  return burstUs <= keyUs ? 'burst' : 'key';
}
