import type { AccessUnit } from '../video/access-unit.js';
import { frameHeaderBytes, opcode, textFrame, writeFrameHeader } from './frame.js';
import { burstEndMessage, burstMessage, headerBytes, writeHeader } from './wire.js';

/** How a client wants its pictures: with the header of `libcamera.v1`, or the bare access unit. */
export type Form = 'protocol' | 'plain';

/**
 * A picture as it goes to every viewer of the same form: one contiguous buffer, made once. Behind the WebSocket message
 * stands a ping that names the picture; who is sent it acknowledges the picture by the pong.
 */
export interface Prepared {
  readonly bytes: Buffer;
  /** How many of them are the message itself. */
  readonly messageBytes: number;
  /** What the pong will say. */
  readonly pingId: number;
}

const pingPayloadBytes = 4;
const pingBytes = 2 + pingPayloadBytes;
/** In a burst a ping stands behind this many bytes, so that a slow viewer is seen to make progress. */
const burstPingEveryBytes = 64 * 1024;

const known: Readonly<Record<Form, WeakMap<AccessUnit, Prepared>>> = {
  protocol: new WeakMap(),
  plain: new WeakMap(),
};

/** The picture in this form; made once for all viewers. */
export function prepare(unit: AccessUnit, form: Form): Prepared {
  const made = known[form].get(unit);
  if (made) return made;
  const prepared = make(unit, form);
  known[form].set(unit, prepared);
  return prepared;
}

function make(unit: AccessUnit, form: Form): Prepared {
  const ownBytes = form === 'protocol' ? headerBytes : 0;
  const payloadBytes = ownBytes + unit.data.length;
  const messageBytes = frameHeaderBytes(payloadBytes) + payloadBytes;
  const bytes = Buffer.allocUnsafeSlow(messageBytes + pingBytes);
  const payloadAt = writeFrameHeader(bytes, 0, opcode.binary, payloadBytes);
  if (form === 'protocol') writeHeader(bytes, payloadAt, unit);
  unit.data.copy(bytes, payloadAt + ownBytes);
  const pingId = unit.sequence % 2 ** 32;
  bytes.writeUInt32BE(pingId, writeFrameHeader(bytes, messageBytes, opcode.ping, pingPayloadBytes));
  return { bytes, messageBytes, pingId };
}

/** @returns the id in the payload of a pong, or nothing when it answers no ping of ours */
export function readPong(payload: Buffer): number | undefined {
  return payload.length === pingPayloadBytes ? payload.readUInt32BE(0) : undefined;
}

/** Pictures of the past in one buffer. */
export interface PreparedBurst {
  readonly bytes: Buffer;
  readonly pictures: number;
  /** The pings in it: what stands in front of each is acknowledged by its pong. */
  readonly pings: readonly { readonly pingId: number; readonly endsAt: number }[];
}

const knownBursts: Readonly<Record<Form, WeakMap<AccessUnit, PreparedBurst>>> = {
  protocol: new WeakMap(),
  plain: new WeakMap(),
};

/**
 * The cached pictures as one write, for `libcamera.v1` between `burst` and `burstEnd`.
 *
 * @param gop an IDR and all pictures since
 */
export function prepareBurst(gop: readonly AccessUnit[], form: Form): PreparedBurst | undefined {
  const newest = gop.at(-1);
  if (!newest) return undefined;
  const made = knownBursts[form].get(newest);
  if (made) return made;
  const burst = makeBurst(gop, form);
  knownBursts[form].set(newest, burst);
  return burst;
}

function makeBurst(gop: readonly AccessUnit[], form: Form): PreparedBurst {
  const isProtocol = form === 'protocol';
  const parts = isProtocol ? [textFrame(burstMessage(gop.length))] : [];
  const pings: { pingId: number; endsAt: number }[] = [];
  let at = parts[0]?.length ?? 0;
  let pingedAt = at;
  gop.forEach((unit, i) => {
    const { bytes, messageBytes, pingId } = prepare(unit, form);
    const isLast = i === gop.length - 1;
    // Behind the last one the ping follows `burstEnd`.
    const withPing = at + messageBytes - pingedAt >= burstPingEveryBytes && !(isLast && isProtocol);
    const part = withPing || (isLast && !isProtocol) ? bytes : bytes.subarray(0, messageBytes);
    parts.push(part);
    at += part.length;
    if (part !== bytes) return;
    pings.push({ pingId, endsAt: at });
    pingedAt = at;
  });
  if (isProtocol) {
    const end = textFrame(burstEndMessage);
    const ping = Buffer.allocUnsafe(pingBytes);
    const pingId = (gop.at(-1)?.sequence ?? 0) % 2 ** 32;
    ping.writeUInt32BE(pingId, writeFrameHeader(ping, 0, opcode.ping, pingPayloadBytes));
    parts.push(end, ping);
    at += end.length + ping.length;
    pings.push({ pingId, endsAt: at });
  }
  return { bytes: Buffer.concat(parts, at), pictures: gop.length, pings };
}
