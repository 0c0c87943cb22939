import type { Platform } from './environment.js';

export interface DemoArguments {
  /** The camera program; undefined: the stand-in. */
  readonly program: string | undefined;
  /** Which Raspberry Pi to play: vc4 (up to 4) or pisp (5). Undefined: what the machine is. */
  readonly platform: Platform | undefined;
  readonly cameras: number;
  /** TCP port of the live view; undefined: 8190, or a free one. */
  readonly port: number | undefined;
  /** TCP port of HomeKit's bridge; undefined: a free one. */
  readonly hapPort: number | undefined;
  /** One JSON line on stdout instead of sentences. */
  readonly json: boolean;
}

export type Parsed =
  | { readonly kind: 'run'; readonly arguments: DemoArguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

const options = ['--program', '--platform', '--cameras', '--port', '--hap-port', '--json', '--help'];
const flags = new Set(['--json', '--help']);

export const help = `npm run demo -- [options]

  --program PATH        a real camera program (rpicam-vid) instead of the stand-in
  --platform vc4|pisp   the Raspberry Pi to play: vc4 is any up to the 4, pisp is the 5
  --cameras N           number of cameras, 1 to 4 (default 1)
  --port PORT           port of the live view (default 8190, or a free one if that is taken)
  --hap-port PORT       port of the HomeKit bridge (default: a free one)
  --json                print one line of JSON when everything answers, and nothing else
  --help                print this`;

/** A whole number in decimal digits within the bounds, else undefined. */
function wholeNumber(text: string, lowest: number, highest: number): number | undefined {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value >= lowest && value <= highest ? value : undefined;
}

/** `--name value` and `--name=value`; a later one replaces an earlier one. */
export function parseArguments(args: readonly string[]): Parsed {
  const given = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name = arg, inline] = /^(--[^=]*)=(.*)$/s.exec(arg) ?? [];
    if (!options.includes(name))
      return { kind: 'wrong', message: `${name} is not known. Allowed: ${options.join(', ')}.` };
    if (flags.has(name)) {
      if (inline !== undefined) return { kind: 'wrong', message: `${name} takes no value.` };
      given.set(name, '');
      continue;
    }
    const value = inline ?? rest.shift();
    if (value === undefined || value === '' || (inline === undefined && value.startsWith('--')))
      return { kind: 'wrong', message: `${name} wants a value: ${wanted[name] ?? ''}.` };
    given.set(name, value);
  }
  if (given.has('--help')) return { kind: 'help' };
  return check(given);
}

const wanted: Readonly<Record<string, string>> = {
  '--program': 'the path of a camera program',
  '--platform': 'vc4 or pisp',
  '--cameras': 'a whole number from 1 to 4',
  '--port': 'a port from 1 to 65535',
  '--hap-port': 'a port from 1 to 65535',
};

function check(given: ReadonlyMap<string, string>): Parsed {
  const wrong = (name: string): Parsed => ({
    kind: 'wrong',
    message: `${name} ${given.get(name) ?? ''} is not possible. Allowed: ${wanted[name] ?? ''}.`,
  });
  const numberOf = (name: string, highest: number): number | undefined | false => {
    const text = given.get(name);
    return text === undefined ? undefined : (wholeNumber(text, 1, highest) ?? false);
  };
  const platform = given.get('--platform');
  if (platform !== undefined && platform !== 'vc4' && platform !== 'pisp') return wrong('--platform');
  const cameras = numberOf('--cameras', 4);
  if (cameras === false) return wrong('--cameras');
  const port = numberOf('--port', 65_535);
  if (port === false) return wrong('--port');
  const hapPort = numberOf('--hap-port', 65_535);
  if (hapPort === false) return wrong('--hap-port');
  if (port !== undefined && port === hapPort)
    return { kind: 'wrong', message: '--port and --hap-port must be different.' };
  const program = given.get('--program');
  const json = given.has('--json');
  return { kind: 'run', arguments: { program, platform, cameras: cameras ?? 1, port, hapPort, json } };
}
