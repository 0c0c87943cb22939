import type { API, DynamicPlatformPlugin, Logging, PlatformAccessory, PlatformConfig } from 'homebridge';
import { CameraLog } from './camera-log.js';
import { assignIds } from './config/identity.js';
import { readSettings } from './config/read-settings.js';
import type { Settings } from './config/settings.js';
import { CameraAccessories } from './homekit/camera-accessories.js';
import { relayUrls } from './links.js';
import type { MediaListener, MediaPlane } from './media/media-plane.js';
import { createWorkerMediaPlane } from './media/worker-media-plane.js';
import { systemClock } from './shared/clock.js';
import type { LogLevel } from './shared/log.js';
import type { RelayState } from './shared/relay-state.js';
import { Repetitions } from './shared/repetitions.js';
import { Storage } from './storage.js';
import { pluginVersion } from './version.js';

export const pluginName = 'homebridge-libcamera';
export const platformName = 'Libcamera';

/** Names a folder to read instead of sysfs, for machines without a camera. */
const deviceNamesVariable = 'HOMEBRIDGE_LIBCAMERA_VIDEO_DEVICES';

/** Homebridge's platform: the cameras in the Home app, and the media plane that runs them. */
export class LibcameraPlatform implements DynamicPlatformPlugin {
  private readonly storage: Storage;
  private readonly settings: Settings;
  private readonly accessories: CameraAccessories;
  private media: MediaPlane | undefined;
  private shutDown = false;
  private readonly repetitions = new Repetitions(systemClock);

  constructor(
    private readonly log: Logging,
    config: PlatformConfig,
    api: API,
  ) {
    this.storage = new Storage(api.user.storagePath());
    this.settings = this.readSettings(config);
    this.accessories = new CameraAccessories({
      api,
      pluginName,
      platformName,
      pluginVersion,
      cameras: this.settings.cameras,
      camerasAreListed: this.settings.camerasAreListed,
      media: () => this.media,
    });
    api.on('didFinishLaunching', () => this.start());
    api.on('shutdown', () => {
      this.shutDown = true;
      void this.media?.close();
    });
  }

  configureAccessory(accessory: PlatformAccessory): void {
    this.guard('An accessory could not be restored', () => this.accessories.restore(accessory));
  }

  private start(): void {
    // Homebridge goes on launching when it is told to end meanwhile.
    if (this.shutDown) return;
    this.guard('The cameras could not be added to HomeKit', () => this.accessories.publish());
    this.guard('The cameras could not be started', () => this.startMedia());
  }

  private startMedia(): void {
    const { cameras, relay, ffmpegPath } = this.settings;
    if (cameras.length === 0) {
      this.log.info('No camera is configured: nothing to do.');
      return;
    }
    this.storage.rememberCameras(cameras.map(({ id, name, camera }) => ({ id, name, camera })));
    if (relay.enabled && relay.access === 'open') {
      this.log.warn('Everybody who reaches this machine can watch the cameras: "relay.access" is "open".');
    }
    this.media = createWorkerMediaPlane(
      {
        cameras,
        relay,
        token: this.storage.token(),
        runFolder: this.storage.runFolder,
        ffmpegPath,
        deviceNames: process.env[deviceNamesVariable] ?? '/sys/class/video4linux',
      },
      this.listener(this.settings),
    );
  }

  private readSettings(config: PlatformConfig): Settings {
    const { cameras, faults, ...rest } = readSettings(config);
    for (const { level, line } of faults) this.write(level === 'error' ? 'error' : 'warn', line);
    const ids = assignIds(cameras, this.storage.rememberedCameras());
    return { ...rest, cameras: cameras.map((camera, i) => ({ ...camera, id: ids[i] ?? camera.name })) };
  }

  /** Nothing that goes wrong here reaches Homebridge. */
  private guard(what: string, task: () => void): void {
    try {
      task();
    } catch (error) {
      this.log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private listener(settings: Settings): MediaListener {
    const names = new Map(settings.cameras.map((camera) => [camera.id, camera.name]));
    const nameOf = (id: string): string => names.get(id) ?? id;
    const logs = new Map(settings.cameras.map(({ id }) => [id, new CameraLog(systemClock)]));
    return (event) => {
      switch (event.type) {
        case 'log':
          this.write(
            event.level,
            event.cameraId === undefined ? event.message : `${nameOf(event.cameraId)}: ${event.message}`,
          );
          break;
        case 'cameraState': {
          const told = logs.get(event.cameraId)?.line(event.state);
          if (told) this.write(told.level, `${nameOf(event.cameraId)}: ${told.line}`);
          break;
        }
        case 'relayState':
          this.tellRelay(event.relay, settings);
          break;
      }
    };
  }

  private tellRelay(relay: RelayState, settings: Settings): void {
    if (relay.state === 'off') this.log.info('The live view is switched off.');
    if (relay.state === 'waiting') {
      const line = `${relay.reason} ${relay.remedy}`;
      this.write(this.repetitions.isNew('relay', line) ? 'error' : 'debug', line);
    }
    if (relay.state !== 'listening') return;
    this.repetitions.forget('relay');
    const [url = ''] = relayUrls({ ...settings.relay, port: relay.port });
    const hint =
      settings.relay.access === 'open'
        ? ''
        : ' (for a link with the access token: npx homebridge-libcamera link)';
    this.log.info(`Live view: ${url}${hint}`);
  }

  private write(level: LogLevel, message: string): void {
    this.log[level](message);
  }
}
