/** Runs a real Homebridge, with this plugin, for tests and for the demo. */
import { spawn } from 'node:child_process';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { nodeForHomebridge } from '../setup/node-24.js';
import { projectRoot } from '../setup/paths.js';
import { isOnPath } from '../setup/programs.js';
import { freePort } from './free-port.js';
import type { MarkedProcess } from './processes.js';
import { killMarked, markerVariable, waitForNoProcess } from './processes.js';

export { processesWithMarker } from './processes.js';

/** Homebridge itself ends after at most 5 s, with a child bridge 10 s. */
const usualPatienceMs = 15_000;
/** What Homebridge started may end this much later than Homebridge. */
const graceMs = 2_000;

/** The line with which Homebridge says that its HomeKit bridge can be reached. */
export const bridgeRunning = /is running on port \d+/;

export interface Bridge {
  readonly name: string;
  readonly username: string;
  readonly port: number;
  /** The setup code, `123-45-678`. */
  readonly pin: string;
}

export interface HomebridgeOptions {
  readonly version: 1 | 2;
  /** The `platforms` of config.json. */
  readonly platforms: readonly Readonly<Record<string, unknown>>[];
  /** Folder for everything; the caller removes it. Left out: a temporary one, removed by `stop`. */
  readonly folder?: string;
  /** Homebridge's storage, when it must outlive `stop`. Left out: `<folder>/storage`. */
  readonly storage?: string;
  /** The plugin's folder, if not the project itself (an unpacked package). */
  readonly plugin?: string;
  /** Folders of further plugins; each one's name is its folder's name. */
  readonly plugins?: readonly string[];
  /** Added to this process's environment; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Replaces or adds members of config.json's `bridge`. */
  readonly bridge?: Partial<Bridge> & Readonly<Record<string, unknown>>;
  /** Answer HAP requests of clients that are not paired (Homebridge's `-I`). Default true. */
  readonly insecure?: boolean;
  /** The Node.js that runs it. Left out: the usual one for that version. */
  readonly node?: string;
  /** Open the channel on which the Homebridge UI asks for things: see `send`. Default false. */
  readonly ipc?: boolean;
  /** Homebridge's `-D`. Default false. */
  readonly debug?: boolean;
  /** Called for every line of the log. */
  readonly onLine?: (line: string) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningHomebridge {
  readonly pid: number;
  readonly hapPort: number;
  readonly bridge: Bridge;
  readonly storage: string;
  /** Finds this Homebridge and all it started: see `processesWithMarker`. */
  readonly marker: string;
  /** All lines so far, of stdout and stderr. */
  readonly log: readonly string[];
  /** Resolves when Homebridge has ended and its log is complete (as far as orphans do not hold it open). */
  readonly exited: Promise<Exit>;
  /** The first line that matches, also one from before; rejects after `timeoutMs` or when Homebridge ends without it. */
  waitForLog(pattern: RegExp, timeoutMs: number): Promise<string>;
  /** Sends a message as the Homebridge UI does; needs the option `ipc`. */
  send(message: Readonly<Record<string, unknown>>): void;
  /**
   * Ends Homebridge, with SIGKILL after `patienceMs`, and what remains of it, and removes its temporary folder.
   * Only the first call's arguments count.
   * Answers with the processes that outlived Homebridge and had to be killed: none, if all is well.
   */
  stop(signal?: NodeJS.Signals, patienceMs?: number): Promise<readonly MarkedProcess[]>;
}

/** Random, so that Homebridges on one network do not meet: an address of the locally administered kind. */
function randomUsername(): string {
  const rest = randomBytes(5).toString('hex').toUpperCase().match(/../g) ?? [];
  return ['0E', ...rest].join(':');
}

/** HAP forbids the codes of eight equal digits and the two of digits in a row. */
export function randomPin(random: (limit: number) => number = randomInt): string {
  for (;;) {
    const digits = Array.from({ length: 8 }, () => random(10)).join('');
    if (/^(\d)\1{7}$/.test(digits) || digits === '12345678' || digits === '87654321') continue;
    return `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}`;
  }
}

/** Homebridge loads each entry of this folder, and nothing from elsewhere. */
function linkPlugins(folder: string, plugins: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, target] of Object.entries(plugins)) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(target, join(folder, name));
  }
}

/** Homebridge ends as well when this process is killed outright; the signal follows the spawning thread. */
const withParent = isOnPath('setpriv', process.env.PATH ?? '') ? ['setpriv', '--pdeathsig', 'TERM'] : [];

/** Starts Homebridge; rejects when this machine cannot run that version. It may not be ready yet: see `waitForLog`. */
export async function startHomebridge(options: HomebridgeOptions): Promise<RunningHomebridge> {
  const found = options.node === undefined ? nodeForHomebridge(options.version) : { node: options.node };
  if ('reason' in found) throw new Error(found.reason);
  const program = options.version === 1 ? 'homebridge-v1/bin/homebridge' : 'homebridge/bin/homebridge.js';

  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'homebridge-libcamera-test-'));
  const storage = options.storage ?? join(folder, 'storage');
  const plugins = join(folder, 'plugins');
  const bridge = {
    name: 'Homebridge Test',
    username: randomUsername(),
    port: await freePort(),
    pin: randomPin(),
    advertiser: 'ciao',
    bind: ['lo'],
    ...options.bridge,
  };
  mkdirSync(storage, { recursive: true });
  linkPlugins(plugins, {
    'homebridge-libcamera': options.plugin ?? projectRoot,
    ...Object.fromEntries((options.plugins ?? []).map((path) => [basename(path), path])),
  });
  const config = { bridge, accessories: [], platforms: options.platforms };
  writeFileSync(join(storage, 'config.json'), JSON.stringify(config, undefined, 2));

  const marker = randomUUID();
  const env = {
    ...process.env,
    // What Jest sets, for itself.
    FORCE_COLOR: '0',
    NODE_ENV: undefined,
    JEST_WORKER_ID: undefined,
    ...options.env,
    [markerVariable]: [process.env[markerVariable], marker].filter(Boolean).join(','),
  };
  const [command = found.node, ...args] = [
    ...withParent,
    ...[found.node, join(projectRoot, 'node_modules', program)],
    ...['-U', storage, '-P', plugins, '--strict-plugin-resolution', '--no-qrcode', '--no-timestamp'],
    ...((options.insecure ?? true) ? ['--insecure'] : []),
    ...(options.debug === true ? ['--debug'] : []),
  ];
  // Its own group: a Ctrl-C in the terminal reaches Homebridge through `stop` only, not the camera program directly.
  const child = spawn(command, args, {
    env,
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc === true ? (['ipc'] as const) : [])],
  });
  let closed = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => {
      const done = (): void => resolve({ code, signal });
      // An orphan may hold stdout open for ever.
      const orphaned = setTimeout(done, 500);
      child.once('close', () => {
        closed = true;
        clearTimeout(orphaned);
        done();
      });
    });
  });

  const log: string[] = [];
  const listeners = new Set<(line: string) => void>();
  if (options.onLine !== undefined) listeners.add(options.onLine);
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        for (const listener of [...listeners]) listener(line);
      });

  const waitForLog = async (pattern: RegExp, timeoutMs: number): Promise<string> => {
    const already = log.find((line) => pattern.test(line));
    if (already !== undefined) return already;
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        listeners.delete(listener);
        child.off('close', onClose);
      };
      const fail = (why: string): void => {
        finish();
        reject(
          new Error(`${why} without a line like ${String(pattern)}. Its log:\n${log.slice(-40).join('\n')}`),
        );
      };
      const listener = (line: string): void => {
        if (!pattern.test(line)) return;
        finish();
        resolve(line);
      };
      const onClose = (): void => fail('Homebridge ended');
      const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
      listeners.add(listener);
      child.once('close', onClose);
      if (closed) onClose();
    });
  };

  const end = async (signal: NodeJS.Signals, patienceMs: number): Promise<readonly MarkedProcess[]> => {
    child.kill(signal);
    const deadline = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(deadline);
    const leftovers = await waitForNoProcess(marker, graceMs);
    await killMarked(marker, graceMs);
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    return leftovers;
  };
  let ended: Promise<readonly MarkedProcess[]> | undefined;

  if (child.pid === undefined) {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    throw new Error(`${command} could not be started.`);
  }
  return {
    pid: child.pid,
    hapPort: bridge.port,
    bridge,
    storage,
    marker,
    log,
    exited,
    waitForLog,
    send: (message) => void child.send(message),
    stop: (signal = 'SIGTERM', patienceMs = usualPatienceMs) => (ended ??= end(signal, patienceMs)),
  };
}
