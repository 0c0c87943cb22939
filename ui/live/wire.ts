/**
 * What the relay sends, read defensively: docs/protocol.md, `libcamera.v1`.
 * Nothing here throws: what cannot be understood is `undefined`, and the caller ignores it, because that is how
 * the protocol grows.
 */

export const SUBPROTOCOL = 'libcamera.v1';

/** Asks for the burst and for live video; the video track is number 0. */
export const START = JSON.stringify({ type: 'start', tracks: [0] });

/** One video access unit. */
export interface Picture {
  /** An IDR: decoding can begin here. */
  readonly key: boolean;
  /** Pictures were lost, or the camera restarted, before this one. */
  readonly discontinuity: boolean;
  /** u32, plus one for every access unit of the track. */
  readonly sequence: number;
  /** µs on the server's monotonic clock. */
  readonly timestampUs: number;
  /** µs since the picture before this one. */
  readonly durationUs: number;
  /** Annex B; a view into the message, not a copy. */
  readonly data: Uint8Array<ArrayBuffer>;
}

export type CameraState =
  | { readonly state: 'stopped' | 'starting' | 'streaming' }
  | {
      readonly state: 'recovering';
      readonly reason: string;
      readonly remedy: string;
      /** µs on the server's monotonic clock. */
      readonly retryAtUs: number;
    }
  | { readonly state: 'failed'; readonly reason: string; readonly remedy: string };

export interface VideoTrack {
  /** RFC 6381, such as `avc1.42c01f`. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

export type ServerMessage =
  | {
      readonly type: 'hello';
      /** Empty when the server did not say. */
      readonly cameraName: string;
      /** Missing until the camera has delivered its parameter sets. */
      readonly video: VideoTrack | undefined;
      /** The server's monotonic clock at the moment of sending, µs. */
      readonly clockUs: number | undefined;
    }
  | { readonly type: 'state'; readonly state: CameraState }
  | { readonly type: 'burst' }
  | { readonly type: 'burstEnd' };

/** The header this version knows; a later one may be longer and says so in its fourth byte. */
const HEADER_BYTES = 20;
const VIDEO = 1;
const VIDEO_TRACK = 0;

/** A binary message as a picture; `undefined` for everything that is not a whole video message of track 0. */
export function parsePicture(message: ArrayBuffer): Picture | undefined {
  if (message.byteLength < HEADER_BYTES) return undefined;
  const header = new DataView(message);
  const payloadAt = header.getUint8(3);
  if (header.getUint8(0) !== VIDEO || header.getUint8(2) !== VIDEO_TRACK) return undefined;
  if (payloadAt < HEADER_BYTES || payloadAt >= message.byteLength) return undefined;
  const flags = header.getUint8(1);
  return {
    key: (flags & 1) !== 0,
    discontinuity: (flags & 2) !== 0,
    sequence: header.getUint32(4),
    timestampUs: Number(header.getBigUint64(8)),
    durationUs: header.getUint32(16),
    data: new Uint8Array(message, payloadAt),
  };
}

/** A text message; `undefined` when it is malformed or of a type this page does not know. */
export function parseText(text: string): ServerMessage | undefined {
  const message = parseObject(text);
  switch (message?.type) {
    case 'hello':
      return {
        type: 'hello',
        cameraName: asText(asObject(message.camera)?.name),
        video: asVideoTrack(message.tracks),
        clockUs: asNumber(message.clock),
      };
    case 'state': {
      const state = asCameraState(message);
      return state && { type: 'state', state };
    }
    case 'burst':
    case 'burstEnd':
      return { type: message.type };
    default:
      return undefined;
  }
}

function asCameraState(message: Record<string, unknown>): CameraState | undefined {
  const reason = asText(message.reason);
  const remedy = asText(message.remedy);
  switch (message.state) {
    case 'stopped':
    case 'starting':
    case 'streaming':
      return { state: message.state };
    case 'recovering':
      return { state: 'recovering', reason, remedy, retryAtUs: asNumber(message.retryAtUs) ?? 0 };
    case 'failed':
      return { state: 'failed', reason, remedy };
    default:
      return undefined;
  }
}

function asVideoTrack(tracks: unknown): VideoTrack | undefined {
  if (!Array.isArray(tracks)) return undefined;
  const track = tracks
    .map(asObject)
    .find((candidate) => candidate?.kind === 'video' && candidate.id === VIDEO_TRACK);
  return (
    track && {
      codec: asText(track.codec),
      width: asNumber(track.width) ?? 0,
      height: asNumber(track.height) ?? 0,
    }
  );
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
