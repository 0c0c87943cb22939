import { assignIds } from '../config/identity.js';
import { type ReadSettings, readSettings } from '../config/read-settings.js';
import { relayUrls } from '../links.js';
import { Storage } from '../storage.js';
import { doctor } from './doctor.js';
import { findStorage, platformBlock } from './homebridge-storage.js';

export interface CliResult {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

const usage = `Usage: homebridge-libcamera <command> [-U <storage folder>]

  link    prints the links of the live view, with the access token in them: whoever has a link can watch
  doctor  prints what to know when something does not work; holds no secret

  -U, --storage <folder>  Homebridge's storage folder; found by itself in the usual places`;

/** The command line `npx homebridge-libcamera …`. */
export async function runCli(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<CliResult> {
  const [command = '', option, given, ...more] = args;
  if (['--help', '-h', 'help'].includes(command)) return { code: 0, output: usage, error: '' };
  const understood =
    option === undefined || ((option === '-U' || option === '--storage') && given !== undefined);
  if (!understood || more.length > 0 || (command !== 'link' && command !== 'doctor')) {
    return { code: 2, output: '', error: usage };
  }
  const folder = given ?? findStorage(environment);
  if (command === 'doctor') return { code: 0, output: await doctor(folder, environment), error: '' };
  return folder === undefined
    ? failed(
        "Homebridge's storage folder was not found. Give it: homebridge-libcamera link -U <storage folder>",
      )
    : link(folder);
}

function link(folder: string): CliResult {
  let settings: ReadSettings;
  try {
    settings = readSettings(platformBlock(folder));
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const { relay } = settings;
  if (!relay.enabled) return failed('The live view is switched off: "relay.enabled" is false.');
  if (settings.cameras.length === 0) return failed('No camera is configured.');
  const storage = new Storage(folder);
  const token = storage.knownToken();
  if (token === undefined && relay.access === 'token') {
    return failed(
      `There is no access token in ${storage.folder}. Start Homebridge with this plugin once, ` +
        'or run this as the user that runs Homebridge (or with sudo).',
    );
  }
  const query = relay.access === 'open' ? '' : `?token=${token ?? ''}`;
  const ids = assignIds(settings.cameras, storage.rememberedCameras());
  const cameras = settings.cameras.map(({ name }, i) => ({ name, id: ids[i] ?? name }));
  const lines = relayUrls(relay).flatMap((url) => [
    ...(cameras.length === 1 ? [] : [`All cameras: ${url}${query}`]),
    ...cameras.map(({ id, name }) => `${name}: ${url}${encodeURIComponent(id)}/${query}`),
  ]);
  return { code: 0, output: lines.join('\n'), error: '' };
}

function failed(error: string): CliResult {
  return { code: 1, output: '', error };
}
