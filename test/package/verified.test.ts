/** The rules for verified plugins (github.com/homebridge/plugins), held against the installed package. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type InstalledPlugin, installPackedPlugin } from '../support/packed-plugin.js';

const run = promisify(execFile);
const { satisfies } = createRequire(import.meta.url)('semver') as {
  readonly satisfies: (version: string, range: string) => boolean;
};

interface Manifest {
  readonly version: string;
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly keywords: readonly string[];
  readonly engines: { readonly node: string; readonly homebridge: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly main: string;
}

let plugin: InstalledPlugin;
let manifest: Manifest;

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8')) as unknown;

beforeAll(async () => {
  plugin = await installPackedPlugin();
  manifest = readJson(join(plugin.folder, 'package.json')) as Manifest;
}, 60_000);

afterAll(() => plugin.remove());

test('says where its home is and where to report a bug', () => {
  expect(manifest.homepage).toMatch(/^https:\/\//);
  expect(manifest.bugs.url).toMatch(/^https:\/\//);
});

test('can be found', () => {
  expect(manifest.keywords).toContain('homebridge-plugin');
  expect(manifest.keywords.length).toBeGreaterThanOrEqual(2);
});

test.each(['20.19.0', '22.23.0', '24.21.0', '26.1.0'])('supports Node %s', (version) => {
  expect(satisfies(version, manifest.engines.node)).toBe(true);
});

test.each(['18.20.8', '21.0.0', '23.0.0'])('does not claim to support Node %s', (version) => {
  expect(satisfies(version, manifest.engines.node)).toBe(false);
});

test.each(['1.8.0', '1.11.4', '2.0.0', '2.4.0'])('supports Homebridge %s', (version) => {
  expect(satisfies(version, manifest.engines.homebridge)).toBe(true);
});

test('supports the Homebridges that it is tested with', () => {
  for (const name of ['homebridge', 'homebridge-v1']) {
    const { version } = readJson(`node_modules/${name}/package.json`) as Manifest;
    expect(satisfies(version, manifest.engines.homebridge)).toBe(true);
  }
});

test('runs nothing while it is installed, and brings no Homebridge of its own', () => {
  const forbidden = ['preinstall', 'install', 'postinstall'];
  expect(forbidden.filter((name) => name in manifest.scripts)).toEqual([]);
  expect(Object.keys(manifest.dependencies).filter((name) => /homebridge|hap-nodejs/.test(name))).toEqual([]);
});

test('brings a settings form with a name', () => {
  const schema = readJson(join(plugin.folder, 'config.schema.json')) as {
    readonly pluginAlias: unknown;
    readonly pluginType: unknown;
    readonly schema: { readonly properties: Readonly<Record<string, { readonly type?: string }>> };
  };
  expect(schema.pluginAlias).toBe('Libcamera');
  expect(schema.pluginType).toBe('platform');
  expect(schema.schema.properties.name).toMatchObject({ type: 'string' });
});

test('brings a command that runs', async () => {
  const command = join(plugin.folder, '../.bin/homebridge-libcamera');
  expect((await run(command, ['--help'], { timeout: 30_000 })).stdout).toContain('homebridge-libcamera');
});

/**
 * Loads the plugin in a process of its own, which nothing must keep from ending, with an API that writes down what it
 * is asked for. A loaded worker, a server, a timer or a child would show.
 */
const trial = (folder: string, main: string, storage: string, config: string | undefined): string => `
  const { default: initialize } = await import(${JSON.stringify(join(folder, main))});
  const calls = [];
  const listeners = {};
  let Platform;
  const api = {
    hap: { uuid: { generate: (text) => text } },
    user: { storagePath: () => ${JSON.stringify(storage)} },
    on: (event, listener) => (listeners[event] = listener),
    registerPlatform: (...args) => { calls.push(args.slice(0, -1)); Platform = args.at(-1); },
  };
  for (const name of ['registerPlatformAccessories', 'publishExternalAccessories'])
    api[name] = () => calls.push([name]);
  const type = typeof initialize;
  await initialize(api);
  ${
    config === undefined
      ? ''
      : `const log = {};
  for (const level of ['info', 'warn', 'error', 'debug']) log[level] = (line) => calls.push([level, line]);
  new Platform(log, ${config}, api);
  listeners.didFinishLaunching();`
  }
  console.log(JSON.stringify({ type, calls, resources: process.getActiveResourcesInfo() }));
`;

async function tryOut(config?: string): Promise<{
  readonly printed: { readonly type: string; readonly calls: unknown; readonly resources: readonly string[] };
  readonly written: readonly string[];
}> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-trial-'));
  try {
    const storage = join(folder, 'storage');
    mkdirSync(storage);
    const script = join(folder, 'trial.mjs');
    writeFileSync(script, trial(plugin.folder, manifest.main, storage, config));
    // Ends by itself: the deadline would be an error.
    const { stdout } = await run(process.execPath, [script], { cwd: storage, timeout: 10_000 });
    const printed = JSON.parse(stdout) as Awaited<ReturnType<typeof tryOut>>['printed'];
    return { printed, written: readdirSync(storage) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What Node itself holds open to print. */
const harmless = /^(?:TTYWrap|PipeWrap|FSReqPromise|CloseReq)$/;

test('only registers itself when it is loaded', async () => {
  expect(existsSync(join(plugin.folder, manifest.main))).toBe(true);
  const { printed, written } = await tryOut();
  expect(printed.type).toBe('function');
  expect(printed.calls).toEqual([['homebridge-libcamera', 'Libcamera']]);
  expect(printed.resources.filter((name) => !harmless.test(name))).toEqual([]);
  expect(written).toEqual([]);
});

test.each([
  ['no cameras', `{ platform: 'Libcamera' }`],
  ['an empty list of cameras', `{ platform: 'Libcamera', cameras: [] }`],
])('starts nothing with %s', async (_, config) => {
  const { printed, written } = await tryOut(config);
  expect(printed.calls).toEqual([
    ['homebridge-libcamera', 'Libcamera'],
    ['info', 'No camera is configured: nothing to do.'],
  ]);
  expect(printed.resources.filter((name) => !harmless.test(name))).toEqual([]);
  expect(written).toEqual([]);
});
