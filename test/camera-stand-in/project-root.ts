import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository this file was compiled from: the first one upwards with a package.json and the sources. */
export const PROJECT_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json')) && existsSync(join(from, 'test', 'fixtures'))) {
    return from;
  }
  const above = dirname(from);
  if (above === from) {
    throw new Error('The camera stand-in runs inside its repository only: it needs test/fixtures.');
  }
  return findRoot(above);
}
