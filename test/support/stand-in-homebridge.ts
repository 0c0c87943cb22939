/** A real Homebridge with this plugin and camera stand-ins, each with faults of its own. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playPlatform, type Platform } from '../demo/environment.js';
import { cameraStandIn } from '../setup/paths.js';
import { freePort } from './free-port.js';
import { startHomebridge, type RunningHomebridge } from './homebridge.js';
import { markerVariable, processesWithMarker, type MarkedProcess } from './processes.js';

/** Homebridge with the plugin is there within 3 s on a quiet machine. */
const readyWithinMs = 30_000;

/** The shipped clip plays for this bit rate: nobody encodes one for exactly it (test/camera-stand-in/clip-files.ts). */
const bitrate = 1_234_567;

export interface CameraPlan {
  /** Members of the camera's configuration, besides its name. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Environment of its stand-in, without the prefix CAMERA_STAND_IN_. */
  readonly standIn?: Readonly<Record<string, string>>;
  /** The stand-in's fault strikes at its first start only. */
  readonly faultOnce?: boolean;
}

export interface StandInHomebridgeOptions {
  readonly platform: Platform;
  /** By name. */
  readonly cameras: Readonly<Record<string, CameraPlan>>;
  readonly version?: 1 | 2;
  readonly port?: number;
  /** Homebridge's storage, when it must outlive `stop`. */
  readonly storage?: string;
  /** Further environment of Homebridge. */
  readonly env?: Readonly<Record<string, string>>;
  /** Left out: waits until the relay listens. */
  readonly relayIsBlocked?: boolean;
}

export interface StandInHomebridge {
  readonly homebridge: RunningHomebridge;
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly token: string;
  /** Address of a camera's live page, with token. */
  pageUrl(id: string): string;
  /** Address of a camera's live stream, with token. */
  socketUrl(id: string, query?: string): string;
  /** The processes in which a camera streams or is about to: one, if all is well. */
  cameraProcesses(name: string): readonly MarkedProcess[];
  /** Ends Homebridge; answers with what outlived it: nothing, if all is well. */
  stop(): Promise<readonly MarkedProcess[]>;
}

/**
 * The program of one camera: the stand-in with its own environment and its own mark.
 *
 * @returns its path
 */
function writeProgram(folder: string, variables: Readonly<Record<string, string>>, mark: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'rpicam-vid');
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const lines = [
    '#!/bin/sh',
    ...Object.entries(variables).map(([name, value]) => `export CAMERA_STAND_IN_${name}=${quoted(value)}`),
    `export ${markerVariable}="$${markerVariable},${mark}"`,
    `exec ${quoted(cameraStandIn)} "$@"`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o755 });
  return path;
}

/** Starts it, and waits until the relay answers. */
export async function startStandInHomebridge(options: StandInHomebridgeOptions): Promise<StandInHomebridge> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-e2e-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const port = options.port ?? (await freePort());
  const marks = new Map<string, string>();
  const cameras = Object.entries(options.cameras).map(([name, plan], number) => {
    const mark = randomUUID();
    marks.set(name, mark);
    const variables = {
      ...plan.standIn,
      ...(plan.faultOnce === true && { FAULT_ONCE: join(folder, `fault-${number}`) }),
    };
    const program = writeProgram(join(folder, `program-${number}`), variables, mark);
    return { name, program, bitrate, ...plan.config };
  });
  let homebridge: RunningHomebridge | undefined;
  try {
    homebridge = await startHomebridge({
      version: options.version ?? 1,
      folder,
      ...(options.storage !== undefined && { storage: options.storage }),
      platforms: [{ platform: 'Libcamera', name: 'Libcamera', cameras, relay: { host: '127.0.0.1', port } }],
      env: {
        ...playPlatform(options.platform, folder),
        CAMERA_STAND_IN_NODE: process.execPath,
        ...options.env,
      },
      debug: true,
    });
    const ready = options.relayIsBlocked === true ? /The live view cannot start/ : /Live view: http/;
    await homebridge.waitForLog(ready, readyWithinMs);
  } catch (error) {
    await homebridge?.stop();
    removeFolder();
    throw error;
  }
  const running = homebridge;
  const token = readFileSync(join(running.storage, 'homebridge-libcamera', 'access-token'), 'utf8').trim();
  return {
    homebridge: running,
    port,
    origin: `http://127.0.0.1:${port}`,
    token,
    pageUrl: (id) => `http://127.0.0.1:${port}/${encodeURIComponent(id)}/?token=${token}`,
    socketUrl: (id, query = '') =>
      `ws://127.0.0.1:${port}/${encodeURIComponent(id)}/live?token=${token}${query && `&${query}`}`,
    cameraProcesses: (name) => {
      const mark = marks.get(name);
      if (mark === undefined) throw new Error(`There is no camera "${name}".`);
      return processesWithMarker(mark).filter(({ command }) => command.includes('--output'));
    },
    stop: () => running.stop().finally(removeFolder),
  };
}

/** The one process of a camera that streams. */
export function cameraPid(standIn: StandInHomebridge, name: string): number {
  const processes = standIn.cameraProcesses(name);
  const [only] = processes;
  if (only === undefined || processes.length > 1)
    throw new Error(`"${name}" has ${processes.length} processes instead of one.`);
  return only.pid;
}

/** Looks again and again until something holds; the error names it. */
export async function eventually(what: string, withinMs: number, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() >= deadline) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
