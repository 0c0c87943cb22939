import type { CameraState } from '../shared/camera-state.js';
import type { AccessUnit, VideoFormat } from '../video/access-unit.js';

/** Name of the WebSocket subprotocol; docs/protocol.md specifies it. */
export const subprotocol = 'libcamera.v1';

export const headerBytes = 20;
const videoType = 1;
const videoTrack = 0;
const keyFlag = 1;
const discontinuityFlag = 2;

/** Writes the header in front of an access unit (docs/protocol.md, "Server to client, binary"). */
export function writeHeader(target: Buffer, at: number, unit: AccessUnit): void {
  target.writeUInt8(videoType, at);
  target.writeUInt8((unit.key ? keyFlag : 0) | (unit.discontinuity ? discontinuityFlag : 0), at + 1);
  target.writeUInt8(videoTrack, at + 2);
  target.writeUInt8(headerBytes, at + 3);
  target.writeUInt32BE(unit.sequence % 2 ** 32, at + 4);
  target.writeBigUInt64BE(BigInt(unit.timestampUs), at + 8);
  target.writeUInt32BE(Math.min(unit.durationUs, 2 ** 32 - 1), at + 16);
}

export function helloMessage(
  camera: { readonly id: string; readonly name: string },
  format: VideoFormat | undefined,
  clockUs: number,
): string {
  const tracks = format
    ? [{ id: videoTrack, kind: 'video', codec: format.codec, width: format.width, height: format.height }]
    : [];
  return JSON.stringify({
    type: 'hello',
    version: 1,
    camera: { id: camera.id, name: camera.name },
    tracks,
    clock: clockUs,
  });
}

export function stateMessage(state: CameraState): string {
  return JSON.stringify({ type: 'state', ...state });
}

export function burstMessage(pictures: number): string {
  return JSON.stringify({ type: 'burst', pictures });
}

export const burstEndMessage = JSON.stringify({ type: 'burstEnd' });

/** What a client says. `ignored`: a type this version does not know. `malformed`: no JSON object with a type. */
export type ClientMessage =
  { readonly type: 'start'; readonly video: boolean } | { readonly type: 'ignored' | 'malformed' };

/** Reads a text message of a client; never throws. */
export function parseClientMessage(text: string): ClientMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { type: 'malformed' };
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) return { type: 'malformed' };
  if (message.type !== 'start') return { type: 'ignored' };
  const tracks = 'tracks' in message ? message.tracks : undefined;
  return { type: 'start', video: !Array.isArray(tracks) || tracks.includes(videoTrack) };
}
