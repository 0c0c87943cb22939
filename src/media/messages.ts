import type { CameraSettings, RelaySettings } from '../config/settings.js';
import type { CameraState } from '../shared/camera-state.js';
import type { LogLevel } from '../shared/log.js';
import type { RelayState } from '../shared/relay-state.js';

/** Everything the media plane must know to run; plain data, so that it can be posted to a worker. */
export interface MediaConfiguration {
  readonly cameras: readonly CameraSettings[];
  readonly relay: RelaySettings;
  /** The access token: 64 hexadecimal digits. Never logged. */
  readonly token: string;
  /** Folder for FIFOs; made when it is missing, only for this user. */
  readonly runFolder: string;
  /** Folder with the names of the video devices (sysfs). */
  readonly deviceNames: string;
  /** Path of ffmpeg; searched in PATH when it is left out. */
  readonly ffmpegPath: string | undefined;
}

/** From Homebridge's thread to the media plane. */
export type MediaCommand =
  | { readonly type: 'start'; readonly configuration: MediaConfiguration }
  /** Answered by an event `snapshot` with the same `request`. */
  | { readonly type: 'snapshot'; readonly request: number; readonly cameraId: string }
  | { readonly type: 'close' };

/** From the media plane to Homebridge's thread. */
export type MediaEvent =
  | { readonly type: 'log'; readonly level: LogLevel; readonly cameraId?: string; readonly message: string }
  | { readonly type: 'cameraState'; readonly cameraId: string; readonly state: CameraState }
  | { readonly type: 'relayState'; readonly relay: RelayState }
  | { readonly type: 'snapshot'; readonly request: number; readonly snapshot: PostedSnapshot | undefined }
  | { readonly type: 'closed' };

/** A still picture, or words in its place, as a JPEG. */
export interface PostedSnapshot {
  readonly jpeg: Uint8Array;
  readonly shows: 'picture' | 'unavailable' | 'no-ffmpeg';
}
