import { spawnSync } from 'node:child_process';
import { projectRoot } from './paths.js';

/**
 * Homebridge 2 wants Node 22 or newer. Where the tests themselves run on an older one, a Node 24 from npm runs
 * Homebridge 2. The package of the one platform is taken, not `node`, whose binary is fetched by an install script.
 */
const folder = '.cache/node-24';

/** Platforms whose Node 24 is on npm. */
const published = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);

export type Node24 = 'not needed' | 'present' | 'missing' | 'not published';

export function node24Needed(nodeVersion: string): boolean {
  return Number.parseInt(nodeVersion.replace(/^v/, ''), 10) < 22;
}

/** The npm package with the binary, or undefined where there is none. */
export function node24Package(platform: string, arch: string): string | undefined {
  return published.has(`${platform}-${arch}`) ? `node-${platform}-${arch}` : undefined;
}

export const node24Folder = `${projectRoot}/${folder}`;

/** The command that installs it, to be run in the project's folder. */
export function node24Install(packageName: string): readonly string[] {
  return [
    ...['npm', 'install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'],
    `${packageName}@24`,
  ];
}

const packageHere = node24Package(process.platform, process.arch);
const binary = `${node24Folder}/node_modules/${packageHere ?? 'none'}/bin/node`;

/** Runs the binary: a half-finished installation counts as missing. */
export function findNode24(): Node24 {
  if (!node24Needed(process.version)) return 'not needed';
  if (packageHere === undefined) return 'not published';
  const { status, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return status === 0 && stdout.startsWith('v24.') ? 'present' : 'missing';
}

/** The Node for Homebridge 1 (the running one) or 2, or the reason why there is none. */
export function nodeForHomebridge(version: 1 | 2): { readonly node: string } | { readonly reason: string } {
  if (version === 1) return { node: process.execPath };
  switch (findNode24()) {
    case 'not needed':
      return { node: process.execPath };
    case 'present':
      return { node: binary };
    case 'missing':
      return { reason: 'Homebridge 2 needs Node 22 or newer: run TEST_INSTALL=1 npm test once' };
    case 'not published':
      return { reason: `Homebridge 2 needs Node 22 or newer, and npm has none for ${process.arch}` };
  }
}
