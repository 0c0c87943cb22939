import type { Link } from './connection.js';
import type { CameraState } from './wire.js';

/** What the page answered when it was asked why a connection was refused. */
export type Access = 'granted' | 'denied' | 'unknown-camera';

/** Everything the words depend on. Times in ms on the page's clock. */
export interface View {
  readonly nowMs: number;
  /** `player`: the page came without its player. `browser`: it cannot play. `codec`: it cannot play this camera. */
  readonly missing: 'nothing' | 'player' | 'browser' | 'codec';
  readonly access: Access;
  readonly link: Link;
  readonly camera: CameraState | undefined;
  /** {@link CameraState} `retryAtUs` on the page's clock. */
  readonly cameraRetryAtMs: number;
  /** `forbidden`: the browser wants a touch or a click before it plays anything. */
  readonly picture: 'none' | 'moving' | 'standing' | 'forbidden';
}

export interface Words {
  /** One word for styles and tests. */
  readonly kind: string;
  readonly headline: string;
  /** Changes every second; kept apart so that nobody has it read out every second. */
  readonly countdown: string;
  /** Sentences: why, and what to do. */
  readonly details: readonly string[];
}

/** What to say over the picture; `undefined` while it moves and there is nothing to say. */
export function words(view: View): Words | undefined {
  return (
    cannotPlay(view) ??
    noAccess(view.access) ??
    connecting(view) ??
    cameraSays(view) ??
    pictureSays(view.picture)
  );
}

function cannotPlay({ missing }: View): Words | undefined {
  switch (missing) {
    case 'player':
      return say('unsupported', 'The page is incomplete', 'Its player could not be loaded. Reload the page.');
    case 'browser':
      return say(
        'unsupported',
        'This browser cannot play live video',
        'Use a current version of Safari, Chrome, Edge or Firefox. An iPhone needs iOS 17.1 or later.',
      );
    case 'codec':
      return say(
        'unsupported',
        'This browser cannot play the video of this camera',
        'It lacks the H.264 profile the camera uses. Try another browser.',
      );
    case 'nothing':
      return undefined;
  }
}

function noAccess(access: Access): Words | undefined {
  switch (access) {
    case 'denied':
      return say(
        'denied',
        'Access has expired',
        'Open this page again with the link from the plugin’s settings in Homebridge.',
      );
    case 'unknown-camera':
      return say('denied', 'There is no such camera', 'It may have been renamed or removed.');
    case 'granted':
      return undefined;
  }
}

function connecting({ link, nowMs }: View): Words | undefined {
  switch (link.is) {
    case 'connecting':
      return say(link.again ? 'lost' : 'connecting', link.again ? 'Connecting again…' : 'Connecting…');
    case 'waiting':
      return {
        ...say('lost', link.again ? 'Connection lost, trying again' : 'No connection, trying again'),
        countdown: inSeconds(link.retryAtMs - nowMs),
      };
    case 'asleep':
      return say('asleep', 'Paused while nobody is looking');
    case 'open':
      return undefined;
  }
}

function cameraSays({ camera, cameraRetryAtMs, nowMs }: View): Words | undefined {
  switch (camera?.state) {
    case undefined:
      return say('connecting', 'Connecting…');
    case 'stopped':
    case 'starting':
      return say('starting', 'Starting the camera…');
    case 'recovering':
      return {
        ...say('recovering', 'Trying again', camera.reason, camera.remedy),
        countdown: inSeconds(cameraRetryAtMs - nowMs),
      };
    case 'failed':
      return say('failed', 'The camera cannot be started', camera.reason, camera.remedy);
    case 'streaming':
      return undefined;
  }
}

function pictureSays(picture: View['picture']): Words | undefined {
  switch (picture) {
    case 'none':
      return say('waiting', 'Waiting for the picture…');
    case 'standing':
      return say('waiting', 'The picture stands still, waiting…');
    case 'forbidden':
      return say('forbidden', 'Touch or click to start the picture');
    case 'moving':
      return undefined;
  }
}

function say(kind: string, headline: string, ...details: string[]): Words {
  return { kind, headline, countdown: '', details: details.filter((detail) => detail !== '') };
}

/** Empty when it is due: then it is being tried. */
function inSeconds(ms: number): string {
  return ms > 0 ? `in ${Math.ceil(ms / 1000)} s` : '';
}
