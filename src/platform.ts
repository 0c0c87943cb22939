import type { API, DynamicPlatformPlugin, Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { assignIds } from './config/identity.js';
import { readSettings } from './config/read-settings.js';
import type { CameraSettings, Settings } from './config/settings.js';
import { relayUrls } from './links.js';
import type { MediaListener, MediaPlane } from './media/media-plane.js';
import { createWorkerMediaPlane } from './media/worker-media-plane.js';
import { type CameraState, describeCameraState } from './shared/camera-state.js';
import type { LogLevel } from './shared/log.js';
import type { RelayState } from './shared/relay-state.js';
import { Storage } from './storage.js';

export const pluginName = 'homebridge-libcamera';
export const platformName = 'Libcamera';

/** Names a folder to read instead of sysfs, for machines without a camera. */
const deviceNamesVariable = 'HOMEBRIDGE_LIBCAMERA_VIDEO_DEVICES';

/** Homebridge's platform: starts the media plane with the configured cameras and tells the log what it says. */
export class LibcameraPlatform implements DynamicPlatformPlugin {
  private media: MediaPlane | undefined;
  private shutDown = false;

  constructor(
    private readonly log: Logging,
    private readonly config: PlatformConfig,
    private readonly api: API,
  ) {
    api.on('didFinishLaunching', () => this.start());
    api.on('shutdown', () => {
      this.shutDown = true;
      void this.media?.close();
    });
  }

  configureAccessory(accessory: PlatformAccessory): void {
    this.log.debug(`Restored ${accessory.displayName}.`);
  }

  private start(): void {
    // Homebridge goes on launching when it is told to end meanwhile.
    if (this.shutDown) return;
    try {
      const storage = new Storage(this.api.user.storagePath());
      const settings = this.readSettings(storage);
      if (settings.cameras.length === 0) {
        this.log.info('No camera is configured: nothing to do.');
        return;
      }
      const configuration = {
        cameras: settings.cameras,
        relay: settings.relay,
        token: storage.token(),
        runFolder: storage.runFolder,
        deviceNames: process.env[deviceNamesVariable] ?? '/sys/class/video4linux',
      };
      if (settings.relay.enabled && settings.relay.access === 'open') {
        this.log.warn('Everybody who reaches this machine can watch the cameras: "relay.access" is "open".');
      }
      this.media = createWorkerMediaPlane(configuration, this.listener(settings));
    } catch (error) {
      this.log.error(`The cameras could not be started: ${String(error)}`);
    }
  }

  private readSettings(storage: Storage): Settings {
    const { cameras, faults, ...rest } = readSettings(this.config);
    for (const { level, line } of faults) this.write(level === 'error' ? 'error' : 'warn', line);
    const remembered = storage.rememberedCameras();
    const ids = assignIds(cameras, remembered);
    const named = cameras.map((camera, i): CameraSettings => ({ ...camera, id: ids[i] ?? camera.name }));
    storage.rememberCameras(named.map(({ id, name, camera }) => ({ id, name, camera })));
    return { ...rest, cameras: named };
  }

  private listener(settings: Settings): MediaListener {
    const names = new Map(settings.cameras.map((camera) => [camera.id, camera.name]));
    const nameOf = (id: string): string => names.get(id) ?? id;
    return (event) => {
      switch (event.type) {
        case 'log':
          this.write(
            event.level,
            event.cameraId === undefined ? event.message : `${nameOf(event.cameraId)}: ${event.message}`,
          );
          break;
        case 'cameraState':
          this.write(levelOf(event.state), `${nameOf(event.cameraId)}: ${describeCameraState(event.state)}`);
          break;
        case 'relayState':
          this.tellRelay(event.relay, settings);
          break;
      }
    };
  }

  private tellRelay(relay: RelayState, settings: Settings): void {
    if (relay.state === 'waiting') this.log.error(`${relay.reason} ${relay.remedy}`);
    if (relay.state !== 'listening') return;
    const [url = ''] = relayUrls({ ...settings.relay, port: relay.port });
    this.log.info(`Live view: ${url} (for a link with the access token: npx homebridge-libcamera link)`);
  }

  private write(level: LogLevel, message: string): void {
    this.log[level](message);
  }
}

function levelOf(state: CameraState): LogLevel {
  switch (state.state) {
    case 'failed':
      return 'error';
    case 'recovering':
      return 'warn';
    case 'streaming':
      return 'info';
    default:
      return 'debug';
  }
}
