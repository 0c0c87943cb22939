import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Looks for a program as a shell does.
 *
 * @param names path or names, the preferred one first
 * @returns the path of the first one that may be run, or nothing
 */
export async function findExecutable(
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of names) {
    const isPath = isAbsolute(name) || name.includes('/');
    for (const path of isPath ? [name] : folders.map((folder) => join(folder, name))) {
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
