import { access, constants, realpath, stat } from 'node:fs/promises';
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
  return (await findExecutables(names, environment))[0];
}

/**
 * All programs of these names, each file once.
 *
 * @param names path or names, the preferred one first
 * @returns their paths: those of the first name come first, in the order of PATH
 */
export async function findExecutables(
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = new Map<string, string>();
  for (const name of names) {
    const isPath = isAbsolute(name) || name.includes('/');
    for (const path of isPath ? [name] : folders.map((folder) => join(folder, name))) {
      const file = await executable(path);
      if (file !== undefined && !found.has(file)) found.set(file, path);
    }
  }
  return [...found.values()];
}

/** @returns the file behind links, if it may be run */
async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? await realpath(path) : undefined;
  } catch {
    return undefined;
  }
}
