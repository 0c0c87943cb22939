import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';

interface Manifest {
  readonly main?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
}

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly dev?: boolean;
        readonly hasInstallScript?: boolean;
        readonly dependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}

interface Pack {
  /** Bytes of the packed file. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot, path), 'utf8'));
}

const manifest = readJson('package.json') as Manifest;
const lock = readJson('package-lock.json') as Lock;

/** What may be in the package. */
const allowed = [
  /^dist\/src\/.+\.js$/,
  /^dist\/src\/index\.d\.ts$/,
  /^dist\/pages\/.+$/,
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|config\.schema\.json|docs\/protocol\.md)$/,
];

/** What must be in it: Homebridge UI shows the schema and the change log. */
const needed = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'config.schema.json',
  'docs/protocol.md',
  'dist/src/index.js',
  'dist/src/index.d.ts',
];

/** These run on the user's machine when it installs a package. */
const installScripts = ['preinstall', 'install', 'postinstall'];

describe('the package', () => {
  let pack: Pack;
  let paths: readonly string[];

  beforeAll(() => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: projectRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    });
    // npm prints a list; newer ones may print an object with the packages' names.
    const [first] = Object.values(JSON.parse(output) as Readonly<Record<string, Pack>>);
    if (first === undefined) throw new Error(`npm pack printed ${output}`);
    pack = first;
    paths = first.files.map((file) => file.path);
  }, 60_000);

  test('holds only what runs at the user', () => {
    expect(paths.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  test('holds all that is needed', () => {
    expect(needed.filter((path) => !paths.includes(path))).toEqual([]);
  });

  test('holds its entry points', () => {
    const entries = [manifest.main, ...Object.values(manifest.bin ?? {})];
    expect(entries.filter((path) => path === undefined || !paths.includes(path))).toEqual([]);
    expect(manifest.exports).toHaveProperty(['./package.json']);
  });

  test('holds every file that its files import', () => {
    const missing = paths
      .filter((path) => path.endsWith('.js') && path.startsWith('dist/src/'))
      .flatMap((path) =>
        [...readFileSync(join(projectRoot, path), 'utf8').matchAll(/\b(?:from|import\()\s*'(\.[^']+)'/g)].map(
          ([, target = '']) => posix.join(posix.dirname(path), target),
        ),
      )
      .filter((target) => !paths.includes(target));
    expect(missing).toEqual([]);
  });

  test('is small', () => {
    expect(pack.size).toBeLessThan(200_000);
  });

  test('runs no script when it is installed', () => {
    expect(installScripts.filter((name) => name in (manifest.scripts ?? {}))).toEqual([]);
  });

  test('needs three packages only', () => {
    expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual(['jmuxer', 'prom-client', 'ws']);
  });

  test('needs no package that runs a script when it is installed', () => {
    // Only packages that are no development dependencies come to the user.
    const installed = Object.entries(lock.packages).filter(
      ([path, entry]) => path !== '' && entry.dev !== true,
    );
    const found = installed.filter(([path, entry]) => {
      if (entry.hasInstallScript === true) return true;
      if (!existsSync(join(projectRoot, path, 'package.json'))) return false;
      const { scripts = {}, gypfile } = readJson(`${path}/package.json`) as Manifest;
      return gypfile === true || installScripts.some((name) => name in scripts);
    });
    expect(found.map(([path]) => path)).toEqual([]);
    expect(installed.map(([path]) => path)).toEqual(
      expect.arrayContaining(['node_modules/jmuxer', 'node_modules/ws']),
    );
  });
});
