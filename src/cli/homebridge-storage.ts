import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
/** Where Homebridge keeps its storage: hb-service's folder, or the one in the user's home. */
export function findStorage(environment: NodeJS.ProcessEnv): string | undefined {
  const folders = [environment.UIX_STORAGE_PATH, '/var/lib/homebridge', `${homedir()}/.homebridge`];
  return folders.find((folder) => folder !== undefined && existsSync(`${folder}/config.json`));
}

/** This plugin's block of Homebridge's configuration, unchecked. @throws with a sentence for people */
export function platformBlock(folder: string): unknown {
  const path = `${folder}/config.json`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error(
      `${path} cannot be read: ${folder} is not Homebridge's storage folder, or belongs to another user.`,
    );
  }
  let config: { platforms?: unknown } | null;
  try {
    config = JSON.parse(text) as { platforms?: unknown } | null;
  } catch (error) {
    throw new Error(`${path} is damaged: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const platforms: unknown[] = Array.isArray(config?.platforms) ? config.platforms : [];
  const block = platforms.find(
    (entry) =>
      typeof entry === 'object' && entry !== null && 'platform' in entry && entry.platform === 'Libcamera',
  );
  if (block === undefined) throw new Error(`${path} has no platform "Libcamera".`);
  return block;
}
