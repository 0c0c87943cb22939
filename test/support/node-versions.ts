import { execFile, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { node24Package } from '../setup/node-24.js';
import { projectRoot } from '../setup/paths.js';
import { installAllowed } from '../setup/programs.js';

/** A Node.js of that major version, or the reason why there is none. */
export type FoundNode = { readonly node: string } | { readonly reason: string };

/**
 * Finds a Node.js of that major version: the running one, one that was fetched before, or, where that is allowed
 * (TEST_INSTALL=1 or CI), one from npm.
 */
export async function nodeOfMajor(major: number): Promise<FoundNode> {
  if (process.version.startsWith(`v${major}.`)) return { node: process.execPath };
  const packageName = node24Package(process.platform, process.arch);
  if (packageName === undefined) return { reason: `npm has no Node ${major} for ${process.arch}` };
  const folder = `.cache/node-${major}`;
  const node = `${projectRoot}/${folder}/node_modules/${packageName}/bin/node`;
  const works = (): boolean => {
    const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 30_000 });
    return status === 0 && stdout.startsWith(`v${major}.`);
  };
  if (works()) return { node };
  if (!installAllowed(process.env))
    return { reason: `Node ${major} is missing: set TEST_INSTALL=1 to fetch it` };
  // npm believes its own list of what is installed, also after an installation that was cut short.
  rmSync(`${projectRoot}/${folder}`, { recursive: true, force: true });
  const args = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `${packageName}@${major}`];
  await promisify(execFile)('npm', ['install', '--prefix', folder, ...args], {
    cwd: projectRoot,
    timeout: 300_000,
  });
  return works() ? { node } : { reason: `The Node ${major} that npm installed does not run` };
}
