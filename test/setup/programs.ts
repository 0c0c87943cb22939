import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Node24 } from './node-24.js';
import { node24Install } from './node-24.js';

export interface Program {
  readonly command: string;
  readonly debianPackage: string;
}

/** What the tests start, besides Node and what npm brings. */
export const programs: readonly Program[] = [
  { command: 'ffmpeg', debianPackage: 'ffmpeg' },
  { command: 'chromium', debianPackage: 'chromium' },
  { command: 'firefox-esr', debianPackage: 'firefox-esr' },
  { command: 'setpriv', debianPackage: 'util-linux' },
  { command: 'mkfifo', debianPackage: 'coreutils' },
];

export interface Machine {
  readonly missing: readonly Program[];
  readonly node24: Node24;
  /** Name of the npm package with Node 24; undefined where npm has none. */
  readonly node24Package: string | undefined;
  /** May something be installed? (TEST_INSTALL=1 or CI) */
  readonly mayInstall: boolean;
  readonly aptGet: boolean;
  readonly root: boolean;
  readonly sudo: boolean;
}

/** Commands to run, or, when that is not possible or not allowed, lines for the person who called. */
export type Plan =
  | { readonly can: true; readonly commands: readonly (readonly string[])[] }
  | { readonly can: false; readonly lines: readonly string[] };

export function installAllowed(environment: Readonly<Record<string, string | undefined>>): boolean {
  return [environment.TEST_INSTALL, environment.CI].some((value) => value === '1' || value === 'true');
}

export function planInstallation(machine: Machine): Plan {
  const packages = [...new Set(machine.missing.map((program) => program.debianPackage))];
  const commands: (readonly string[])[] = [];
  if (packages.length > 0) {
    const apt = [
      ...(machine.root ? [] : ['sudo']),
      ...['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'],
    ];
    commands.push([...apt, 'update'], [...apt, 'install', '--yes', '--no-install-recommends', ...packages]);
  }
  if (machine.node24 === 'missing' && machine.node24Package !== undefined)
    commands.push(node24Install(machine.node24Package));
  if (commands.length === 0) return { can: true, commands };

  const aptUsable = machine.aptGet && (machine.root || machine.sudo);
  if (machine.mayInstall && (packages.length === 0 || aptUsable)) return { can: true, commands };

  const names = machine.missing.map((program) => program.command);
  if (machine.node24 === 'missing') names.push('Node 24 (for Homebridge 2)');
  const lines = [`The tests need ${names.join(', ')}.`];
  if (packages.length > 0 && !machine.aptGet)
    lines.push(`There is no apt-get here. Install these with your system's means: ${packages.join(' ')}`);
  else if (packages.length > 0 && !aptUsable)
    lines.push(`As root, run: apt-get update && apt-get install ${packages.join(' ')}`);
  if (!machine.mayInstall) {
    if (packages.length === 0 || aptUsable) lines.push('To install them, run: TEST_INSTALL=1 npm test');
    lines.push('By hand:', ...commands.map((command) => `  ${command.join(' ')}`));
  }
  return { can: false, lines };
}

/** Is there an executable of this name in one of the folders of PATH? */
export function isOnPath(command: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder || '.', command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
