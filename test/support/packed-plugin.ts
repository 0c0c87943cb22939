import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../setup/paths.js';

const run = promisify(execFile);

/** The plugin as a user has it: without the project's folder, its development dependencies and its tests. */
export interface InstalledPlugin {
  /** The installed plugin's folder, with its dependencies beside it. */
  readonly folder: string;
  /** Removes it again. */
  remove(): void;
}

/**
 * Packs the built plugin and lets npm install the package. Its dependencies are packed from this project's own
 * `node_modules`, so that nothing is downloaded.
 */
export async function installPackedPlugin(): Promise<InstalledPlugin> {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-installed-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const { dependencies = {} } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      dependencies?: Readonly<Record<string, string>>;
    };
    const sources = ['.', ...Object.keys(dependencies).map((name) => `./node_modules/${name}`)];
    const packing = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...sources],
      { cwd: projectRoot, timeout: 60_000 },
    );
    // npm prints a list; newer ones may print an object with the packages' names.
    const packed = Object.values(
      JSON.parse(packing.stdout) as Readonly<Record<string, { readonly filename: string }>>,
    ).map(({ filename }) => `./${filename}`);
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...packed], {
      cwd: folder,
      timeout: 60_000,
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { folder: join(folder, 'node_modules/homebridge-libcamera'), remove };
}
