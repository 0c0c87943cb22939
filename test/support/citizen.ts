/** The life of the installed plugin in a Homebridge: three visits, and what was seen in each of them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playPlatform } from '../demo/environment.js';
import { eventually } from './eventually.js';
import { freePort, isPortFree } from './free-port.js';
import { askForSnapshot, camerasAmong, type HapAccessory, informationOf, readAccessories } from './hap.js';
import { type Bridge, bridgeRunning, type RunningHomebridge, startHomebridge } from './homebridge.js';
import { type MarkedProcess, processesWithMarker } from './processes.js';
import { accessToken, openViewer } from './citizen-viewer.js';
import { clipPictures, counterInJpeg, type StandInCamera, standInCamera } from './stand-in-camera.js';

const startTimeoutMs = 30_000;
const pictureRate = 30;

export interface CitizenOptions {
  readonly version: 1 | 2;
  /** `child`: in a process of its own, below Homebridge. */
  readonly placement: 'main' | 'child';
  /** Folder of the installed plugin. */
  readonly plugin: string;
  /** The Node.js that runs Homebridge, if not the usual one. */
  readonly node?: string;
}

/** A still picture of a camera that a viewer watches. */
export interface SeenSnapshot {
  readonly status: number;
  readonly contentType: string;
  /** The number in the picture, or null. */
  readonly counter: number | null;
  /**
   * Seconds between it and the newest picture of the stream when it was asked for; less than 0 when it is newer. The
   * time ffmpeg then takes, on a machine that runs many Homebridges at once, is no age of the picture.
   */
  readonly ageS: number;
}

export interface SeenShutdown {
  /** From the signal to the moment when no camera program ran any more, in ms. */
  readonly cameraGoneMs: number;
  /** From the signal to the moment when the relay's port was free, in ms. */
  readonly portFreeMs: number;
  readonly leftovers: readonly MarkedProcess[];
}

export interface SeenVisit {
  /** The cameras that the bridge shows. */
  readonly bridged: readonly {
    readonly aid: number;
    readonly name: unknown;
    readonly serialNumber: unknown;
  }[];
  /** UUIDs in Homebridge's cache of accessories. */
  readonly cachedUuids: readonly string[];
  /** Names of the accessories that HomeKit shows apart from the bridge, and their cameras. */
  readonly external: readonly { readonly name: unknown; readonly aid: number }[];
  /** Lines of the log with an error or a warning that is not Homebridge's own business. */
  readonly complaints: readonly string[];
  readonly shutdown: SeenShutdown;
}

export interface SeenLife {
  readonly first: SeenVisit & { readonly snapshots: { bridged: SeenSnapshot; external: SeenSnapshot } };
  readonly renamed: SeenVisit & { readonly snapshot: SeenSnapshot };
  readonly removed: SeenVisit;
}

interface Home {
  readonly folder: string;
  readonly options: CitizenOptions;
  readonly bridge: Partial<Bridge>;
  readonly child: { readonly username: string; readonly port: number };
  readonly relayPort: number;
}

/** Lives through it all; rejects where something essential fails, and leaves nothing behind. */
export async function liveAsCitizen(options: CitizenOptions): Promise<SeenLife> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-citizen-'));
  try {
    const home: Home = {
      folder,
      options,
      bridge: { username: '0E:11:22:33:44:55', port: await freePort(), pin: '031-45-154' },
      child: { username: '0E:11:22:33:44:66', port: await freePort() },
      relayPort: await freePort(),
    };
    const front = standInCamera(folder, 'front');
    const back = standInCamera(folder, 'back');
    const frontDoor = { name: 'Front door', camera: 0, program: front.program };
    const backYard = { name: 'Back yard', camera: 1, program: back.program, homekit: { unbridged: true } };

    const first = await visit(home, [frontDoor, backYard], async (homebridge, ports) => ({
      snapshots: {
        bridged: await watchAndAsk(homebridge, home, 'front-door', front, ports.bridge, 'bridged'),
        external: await watchAndAsk(homebridge, home, 'back-yard', back, ports.external ?? 0, 'external'),
      },
    }));
    const renamed = await visit(home, [{ ...frontDoor, name: 'Garage' }], async (homebridge, ports) => ({
      snapshot: await watchAndAsk(homebridge, home, 'front-door', front, ports.bridge, 'bridged'),
    }));
    const removed = await visit(home, [], () => Promise.resolve({}));
    return { first, renamed, removed };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** One run of Homebridge with these cameras. */
async function visit<T>(
  home: Home,
  cameras: readonly Readonly<Record<string, unknown>>[],
  look: (
    homebridge: RunningHomebridge,
    ports: { bridge: number; external: number | undefined },
  ) => Promise<T>,
): Promise<SeenVisit & T> {
  const { options, folder, relayPort } = home;
  const inChild = options.placement === 'child';
  const homebridge = await startHomebridge({
    version: options.version,
    plugin: options.plugin,
    ...(options.node === undefined ? {} : { node: options.node }),
    folder,
    bridge: home.bridge,
    env: { ...playPlatform('vc4', folder), CAMERA_STAND_IN_CAMERAS: '2' },
    platforms: [
      {
        platform: 'Libcamera',
        name: 'Libcamera',
        cameras,
        relay: { host: '127.0.0.1', port: relayPort },
        ...(inChild ? { _bridge: { ...home.child, name: 'Camera Bridge' } } : {}),
      },
    ],
  });
  try {
    await homebridge.waitForLog(
      inChild ? /\(Camera Bridge\) is running on port/ : bridgeRunning,
      startTimeoutMs,
    );
    const hasExternal = cameras.some(({ homekit }) => homekit !== undefined);
    const external = hasExternal ? await externalPort(homebridge) : undefined;
    await homebridge.waitForLog(
      cameras.length > 0 ? /Live view: / : /No camera is configured/,
      startTimeoutMs,
    );

    const ports = { bridge: inChild ? home.child.port : homebridge.hapPort, external };
    const bridged = camerasAmong(await readAccessories(ports.bridge));
    const apart = external === undefined ? [] : camerasAmong(await readAccessories(external));
    const seen = await look(homebridge, ports);
    const shutdown = await shutDown(homebridge, relayPort);
    return {
      ...seen,
      bridged: bridged.map((accessory) => ({ aid: accessory.aid, ...informationOf(accessory) })),
      cachedUuids: cachedUuids(homebridge.storage),
      external: apart.map((accessory) => ({ aid: accessory.aid, name: informationOf(accessory).name })),
      complaints: homebridge.log.filter((line) => /\[Libcamera\].*(?:error|fail|could not)|slow/i.test(line)),
      shutdown,
    };
  } catch (error) {
    throw new Error(`${String(error)}\nIts log:\n${homebridge.log.slice(-40).join('\n')}`, { cause: error });
  } finally {
    await homebridge.stop();
  }
}

async function externalPort(homebridge: RunningHomebridge): Promise<number> {
  const line = await homebridge.waitForLog(/Back yard.* is running on port \d+/, startTimeoutMs);
  return Number(/port (\d+)/.exec(line)?.[1]);
}

/**
 * Watches a camera and, when it has streamed for a while, asks for its picture. It does so in the first round of the
 * stand-in's clip, while the number in the picture is the number of the picture.
 */
async function watchAndAsk(
  homebridge: RunningHomebridge,
  home: Home,
  cameraId: string,
  camera: StandInCamera,
  port: number,
  kind: 'bridged' | 'external',
): Promise<SeenSnapshot> {
  const aid = kind === 'bridged' ? onlyCamera(await readAccessories(port)).aid : undefined;
  // The viewer stays until Homebridge ends: the camera runs during the shutdown.
  const viewer = await openViewer(home.relayPort, accessToken(homebridge.storage), cameraId);
  await viewer.more(75, 30_000);
  const newest = camera.newest();
  const { status, contentType, body } = await askForSnapshot(port, homebridge.bridge.pin, aid);
  const counter = await counterInJpeg(body);
  const half = clipPictures / 2;
  const pictures = ((newest - (counter ?? 0) + half + clipPictures) % clipPictures) - half;
  return { status, contentType, counter, ageS: pictures / pictureRate };
}

function onlyCamera(accessories: readonly HapAccessory[]): HapAccessory {
  const [camera, ...more] = camerasAmong(accessories);
  if (camera === undefined || more.length > 0)
    throw new Error(`There is not one camera but ${more.length + (camera ? 1 : 0)}.`);
  return camera;
}

/** Ends Homebridge and watches the plugin's part of it end. */
async function shutDown(homebridge: RunningHomebridge, relayPort: number): Promise<SeenShutdown> {
  const start = performance.now();
  const after = (): number => Math.round(performance.now() - start);
  const stopping = homebridge.stop();
  const [cameraGoneMs, portFreeMs] = await Promise.all([
    eventually('no camera program', 15_000, () => cameraPrograms(homebridge).length === 0 && after()),
    eventually('a free port', 15_000, async () => (await isPortFree(relayPort, '127.0.0.1')) && after()),
  ]);
  return { cameraGoneMs, portFreeMs, leftovers: await stopping };
}

/** The running processes of the stand-in. */
export function cameraPrograms(homebridge: RunningHomebridge): readonly MarkedProcess[] {
  return processesWithMarker(homebridge.marker).filter(({ command }) => command.includes('camera-stand-in'));
}

function cachedUuids(storage: string): readonly string[] {
  const folder = join(storage, 'accessories');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^cachedAccessories(\.[0-9A-F]+)?$/.test(name))
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { readonly UUID: string }[])
    .map(({ UUID }) => UUID);
}
