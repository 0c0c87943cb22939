import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { assignIds } from '../config/identity.js';
import { readSettings } from '../config/read-settings.js';
import { relayUrls } from '../links.js';
import { Storage } from '../storage.js';

export interface CliResult {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

const usage = `Usage: homebridge-libcamera link [-U <storage folder>]

Prints the links of the live view, with the access token in them: whoever has a link can watch.

  -U, --storage <folder>  Homebridge's storage folder; found by itself in the usual places`;

/** The command line `npx homebridge-libcamera …`. */
export function runCli(args: readonly string[], environment: NodeJS.ProcessEnv): CliResult {
  const [command, ...rest] = args;
  if (command === 'link') return link(rest, environment);
  const asked = command === '--help' || command === '-h' || command === 'help';
  return asked ? { code: 0, output: usage, error: '' } : { code: 2, output: '', error: usage };
}

function link(args: readonly string[], environment: NodeJS.ProcessEnv): CliResult {
  const [option, given, ...more] = args;
  const known = option === undefined || ((option === '-U' || option === '--storage') && given !== undefined);
  if (!known || more.length > 0) return { code: 2, output: '', error: usage };

  const folder = given ?? findStorage(environment);
  if (folder === undefined) {
    return failed(
      "Homebridge's storage folder was not found. Give it: homebridge-libcamera link -U <storage folder>",
    );
  }
  const storage = new Storage(folder);
  const token = storage.knownToken();
  if (token === undefined) {
    return failed(
      `There is no access token in ${folder}. Start Homebridge with this plugin once, ` +
        'run this as the user that runs Homebridge (or with sudo), or give another folder with -U.',
    );
  }
  const settings = readSettings(platformBlock(`${folder}/config.json`));
  const ids = assignIds(settings.cameras, storage.rememberedCameras());
  const cameras = settings.cameras.map(({ name }, i) => ({ name, id: ids[i] ?? name }));
  const lines = relayUrls(settings.relay).flatMap((url) => [
    ...(cameras.length === 1 ? [] : [`All cameras: ${url}?token=${token}`]),
    ...cameras.map(({ id, name }) => `${name}: ${url}${encodeURIComponent(id)}/?token=${token}`),
  ]);
  return { code: 0, output: lines.join('\n'), error: '' };
}

function failed(error: string): CliResult {
  return { code: 1, output: '', error };
}

/** Where Homebridge keeps its storage: hb-service's folder, or the one in the user's home. */
function findStorage(environment: NodeJS.ProcessEnv): string | undefined {
  const folders = [environment.UIX_STORAGE_PATH, '/var/lib/homebridge', `${homedir()}/.homebridge`];
  return folders.find((folder) => folder !== undefined && existsSync(`${folder}/config.json`));
}

/** This plugin's block of Homebridge's configuration, unchecked. */
function platformBlock(path: string): unknown {
  try {
    const config = JSON.parse(readFileSync(path, 'utf8')) as { platforms?: unknown } | null;
    const platforms: unknown[] = Array.isArray(config?.platforms) ? config.platforms : [];
    return platforms.find(
      (block) =>
        typeof block === 'object' && block !== null && 'platform' in block && block.platform === 'Libcamera',
    );
  } catch {
    return undefined;
  }
}
