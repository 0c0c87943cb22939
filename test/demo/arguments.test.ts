import { describe, expect, test } from '@jest/globals';
import type { DemoArguments } from './arguments.js';
import { parseArguments } from './arguments.js';

const usual: DemoArguments = {
  program: undefined,
  platform: undefined,
  cameras: 1,
  port: undefined,
  hapPort: undefined,
  json: false,
};

describe('the arguments of the demo', () => {
  test.each<[string, Partial<DemoArguments>]>([
    ['', {}],
    ['--json', { json: true }],
    ['--cameras 3', { cameras: 3 }],
    ['--cameras=4', { cameras: 4 }],
    ['--platform pisp --port 9000 --hap-port 9001', { platform: 'pisp', port: 9000, hapPort: 9001 }],
    ['--program ./rpicam-vid', { program: './rpicam-vid' }],
    ['--program=a=b', { program: 'a=b' }],
    ['--cameras 2 --cameras 4', { cameras: 4 }],
    ['--port 65535', { port: 65_535 }],
  ])('"%s" runs', (line, expected) => {
    const args = line === '' ? [] : line.split(' ');
    expect(parseArguments(args)).toEqual({ kind: 'run', arguments: { ...usual, ...expected } });
  });

  test('--help asks for help, whatever else is there', () => {
    expect(parseArguments(['--cameras', '0', '--help'])).toEqual({ kind: 'help' });
  });

  test.each([
    [
      '--nonsense',
      '--nonsense is not known. Allowed: --program, --platform, --cameras, --port, --hap-port, --json, --help.',
    ],
    [
      'rpicam-vid',
      'rpicam-vid is not known. Allowed: --program, --platform, --cameras, --port, --hap-port, --json, --help.',
    ],
    ['--platform', '--platform wants a value: vc4 or pisp.'],
    ['--program --json', '--program wants a value: the path of a camera program.'],
    ['--program=', '--program wants a value: the path of a camera program.'],
    ['--json=yes', '--json takes no value.'],
    ['--platform pi5', '--platform pi5 is not possible. Allowed: vc4 or pisp.'],
    ['--cameras 0', '--cameras 0 is not possible. Allowed: a whole number from 1 to 4.'],
    ['--cameras 5', '--cameras 5 is not possible. Allowed: a whole number from 1 to 4.'],
    ['--cameras 1.5', '--cameras 1.5 is not possible. Allowed: a whole number from 1 to 4.'],
    ['--port 0', '--port 0 is not possible. Allowed: a port from 1 to 65535.'],
    ['--port 65536', '--port 65536 is not possible. Allowed: a port from 1 to 65535.'],
    ['--hap-port 1e3', '--hap-port 1e3 is not possible. Allowed: a port from 1 to 65535.'],
    ['--port 8190 --hap-port 8190', '--port and --hap-port must be different.'],
  ])('"%s" is refused in one line', (line, message) => {
    expect(parseArguments(line.split(' '))).toEqual({ kind: 'wrong', message });
  });
});
