import type { ValueOf, ValuesOf } from './option-types.js';
import type { cameraOptions, platformOptions, relayOptions } from './options.js';
import type { imageOptions } from './image-options.js';

/** Image options under rpicam-vid's own names, without dashes. */
export type ImageSettings = Readonly<Record<string, string | number | boolean>>;

/** One camera, checked and with defaults. */
export interface CameraSettings extends Omit<
  ValuesOf<typeof cameraOptions>,
  'id' | 'name' | keyof typeof imageOptions
> {
  /** Slug in URLs and seed of the HomeKit identity; made from the name once and kept. */
  readonly id: string;
  readonly name: string;
  readonly image: ImageSettings;
  /** Why the camera stays off, in one line for people, if it does. */
  readonly fault: string | undefined;
}

export type RelaySettings = ValuesOf<typeof relayOptions>;

/** The platform's configuration, checked and with defaults. */
export interface Settings {
  readonly name: ValueOf<typeof platformOptions.name>;
  readonly cameras: readonly CameraSettings[];
  /** Whether there was a list of cameras, or none at all: not when a mistake stood in its place. */
  readonly camerasAreListed: boolean;
  readonly relay: RelaySettings;
  readonly ffmpegPath: string | undefined;
}
