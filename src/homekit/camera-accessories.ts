import type { API, CameraControllerOptions, HAP, PlatformAccessory } from 'homebridge';
import type { CameraSettings } from '../config/settings.js';
import type { MediaPlane } from '../media/media-plane.js';
import { CameraDelegate } from './camera-delegate.js';
import { homekitName } from './homekit-name.js';

export interface CameraAccessoriesOptions {
  readonly api: API;
  readonly pluginName: string;
  readonly platformName: string;
  readonly pluginVersion: string;
  readonly cameras: readonly CameraSettings[];
  /** Whether the configuration could be read as a list of cameras; if not, nobody knows which have left it. */
  readonly camerasAreListed: boolean;
  /** The media plane, once it runs. */
  readonly media: () => MediaPlane | undefined;
}

/**
 * The cameras as HomeKit accessories. A camera is known by its persistent id: renaming it, or moving it to another
 * sensor, leaves the accessory with its rooms and automations.
 */
export class CameraAccessories {
  private readonly restored = new Map<string, PlatformAccessory>();

  constructor(private readonly options: CameraAccessoriesOptions) {}

  /**
   * Takes an accessory from Homebridge's cache. It is set up here and not later: on a child bridge the accessories are
   * published before `didFinishLaunching`.
   */
  restore(accessory: PlatformAccessory): void {
    this.restored.set(accessory.UUID, accessory);
    const camera = this.bridgedCameras().find(({ id }) => this.uuid(id) === accessory.UUID);
    if (camera) this.setUp(accessory, camera);
  }

  /** Adds what is new and removes what has left the configuration. */
  publish(): void {
    const { api, cameras, camerasAreListed, pluginName, platformName } = this.options;
    const bridged = this.bridgedCameras();
    const wanted = new Set(bridged.map(({ id }) => this.uuid(id)));
    const gone = [...this.restored.values()].filter((accessory) => !wanted.has(accessory.UUID));
    if (gone.length > 0 && camerasAreListed)
      api.unregisterPlatformAccessories(pluginName, platformName, gone);

    const kept = [...this.restored.values()].filter((accessory) => wanted.has(accessory.UUID));
    if (kept.length > 0) api.updatePlatformAccessories(kept);
    const added = bridged
      .filter(({ id }) => !this.restored.has(this.uuid(id)))
      .map((camera) => this.create(camera));
    if (added.length > 0) api.registerPlatformAccessories(pluginName, platformName, added);

    const external = cameras.filter(({ homekit }) => homekit.enabled && homekit.unbridged);
    if (external.length > 0)
      api.publishExternalAccessories(
        pluginName,
        external.map((camera) => this.create(camera)),
      );
  }

  private bridgedCameras(): CameraSettings[] {
    return this.options.cameras.filter(({ homekit }) => homekit.enabled && !homekit.unbridged);
  }

  private uuid(id: string): string {
    return this.options.api.hap.uuid.generate(`homebridge-libcamera:${id}`);
  }

  private create(camera: CameraSettings): PlatformAccessory {
    const { api } = this.options;
    const name = homekitName(camera.name);
    const accessory = new api.platformAccessory(name, this.uuid(camera.id), api.hap.Categories.IP_CAMERA);
    this.setUp(accessory, camera);
    return accessory;
  }

  private setUp(accessory: PlatformAccessory, camera: CameraSettings): void {
    const { api, media, pluginVersion } = this.options;
    const { Service, Characteristic } = api.hap;
    const name = homekitName(camera.name);
    accessory.displayName = name;
    const information =
      accessory.getService(Service.AccessoryInformation) ??
      accessory.addService(Service.AccessoryInformation);
    // Homebridge resets the revision of a restored accessory at every start.
    information
      .setCharacteristic(Characteristic.Name, name)
      .setCharacteristic(Characteristic.Manufacturer, 'Raspberry Pi')
      .setCharacteristic(Characteristic.Model, 'libcamera')
      .setCharacteristic(Characteristic.SerialNumber, `libcamera-${camera.id}`)
      .setCharacteristic(Characteristic.FirmwareRevision, pluginVersion);
    const delegate = new CameraDelegate(camera.id, media, api.hap);
    accessory.configureController(
      new api.hap.CameraController({
        cameraStreamCount: camera.homekit.maxStreams,
        delegate,
        streamingOptions: streamingOptions(api.hap, camera),
      }),
    );
  }
}

function streamingOptions(hap: HAP, camera: CameraSettings): CameraControllerOptions['streamingOptions'] {
  const framerate = Math.min(30, Math.round(camera.framerate));
  return {
    supportedCryptoSuites: [hap.SRTPCryptoSuites.AES_CM_128_HMAC_SHA1_80],
    video: {
      codec: {
        profiles: [hap.H264Profile.BASELINE, hap.H264Profile.MAIN, hap.H264Profile.HIGH],
        levels: [hap.H264Level.LEVEL3_1, hap.H264Level.LEVEL3_2, hap.H264Level.LEVEL4_0],
      },
      resolutions: [
        [1920, 1080, framerate],
        [1280, 720, framerate],
        [640, 360, framerate],
        [320, 240, Math.min(15, framerate)],
      ],
    },
  };
}
