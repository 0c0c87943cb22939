import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { OPTIONS } from './options.js';
import { parseOptions } from './option-values.js';
import { RECORDINGS } from './support/recorded-cases.js';
import { run } from './support/stand-in.js';
import { parseBitrate, parseTime } from './units.js';

/** Name, letter and implicit value of every option in the recorded help. */
function optionsOfHelp(): string[] {
  const help = readFileSync(join(RECORDINGS, 'help-1.12.txt'), 'utf8');
  const line = /^ {2}(?:-(\w) \[ )?--([\w-]+)(?: \])? (?:\[=arg\(=([^)]*)\)\]|arg)/gm;
  return [...help.matchAll(line)].map(([, short, name, implicit]) => describeOption(name, short, implicit));
}

function describeOption(name?: string, short?: string, implicit?: string): string {
  return [name, short, implicit].join(' ');
}

describe('the command line', () => {
  test('has the options of the recorded help, no more and no fewer', () => {
    const ours = OPTIONS.map(({ name, short, implicit }) => describeOption(name, short, implicit));
    expect(ours).toEqual(optionsOfHelp());
  });

  test.each([
    [['--width', '640', '--height=480'], { width: '640', height: '480' }],
    [['-t', '0', '-b2000000', '-n'], { timeout: '0', bitrate: '2000000', nopreview: '1' }],
    [['--bitr', '5', '--low'], { bitrate: '5', 'low-latency': '1' }],
    [['--flush', '0', '--inline=false', '-v'], { flush: '0', inline: '0', verbose: '2' }],
    [['stray', '-o', '-', 'words', '--', '--nosuch'], { output: '-' }],
    [['--output', '--flush'], { output: '--flush' }],
    [['--timeout', '-1'], { timeout: '-1' }],
    [['--hdr', '--camera', '1'], { hdr: 'auto', camera: '1' }],
    [['--config', '/nonexistent.txt'], { config: '/nonexistent.txt' }],
  ])('%j is %j', (argv, expected) => {
    expect(Object.fromEntries(parseOptions(argv))).toEqual(expected);
  });

  test.each([
    [['--nosuch'], "unrecognised option '--nosuch'"],
    [['--width'], "the required argument for option '--width' is missing"],
    [['--output', '-n'], "the required argument for option '--output' is missing"],
    [['--width='], "the argument for option '--width' should follow immediately after the equal sign"],
    [['--width', 'abc'], "the argument ('abc') for option '--width' is invalid"],
    [['--width', '1.5'], "the argument ('1.5') for option '--width' is invalid"],
    [['--framerate', 'fast'], "the argument ('fast') for option '--framerate' is invalid"],
    [['-n', 'maybe'], /^the argument \('maybe'\) for option '--nopreview' is invalid\. Valid choices are/],
    [['-o', '-', '--output', 'x'], "option '--output' cannot be specified more than once"],
    [['--flush', '--flush'], "option '--flush' cannot be specified more than once"],
    [
      ['--meta', 'x'],
      // A full name wins over longer ones, an abbreviation does not.
      "option '--meta' is ambiguous and matches '--metadata', and '--metadata-format'",
    ],
  ])('%j is refused', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(message);
  });

  test('syntax is checked before values', () => {
    expect(() => parseOptions(['--width', 'abc', '--nosuch'])).toThrow('unrecognised');
  });

  test.each([
    ['5sec', 5_000_000],
    ['2s', 2_000_000],
    ['1500', 1_500_000],
    ['1min', 60_000_000],
    ['250us', 250],
    ['5m', 5000],
    ['0', 0],
  ])('the time %s is %d µs', (text, microseconds) => {
    expect(parseTime(text, 1000)).toBe(microseconds);
  });

  test.each([
    ['2000000', 2_000_000],
    ['2000kbps', 2_000_000],
    ['2mbps', 2_000_000],
    ['5M', 5000],
    ['5Mbps', 5],
  ])('the bit rate %s is %d bit/s', (text, bits) => {
    expect(parseBitrate(text)).toBe(bits);
  });

  test('numbers without a number are refused', () => {
    expect(() => parseTime('soon', 1000)).toThrow('Invalid time string provided');
    expect(() => parseBitrate('much')).toThrow('Invalid bitrate string provided');
  });
});

describe('questions to the program', () => {
  test.each([
    [['--help'], 'help-1.12.txt', {}],
    [['--version'], 'version-1.12.txt', {}],
    [['--list-cameras'], 'list-cameras.none.txt', { CAMERAS: '0' }],
    [['--list-cameras'], 'list-cameras.pisp.txt', { PLATFORM: 'pisp' }],
    [['--list-cameras'], 'list-cameras.two.txt', { CAMERAS: '2' }],
  ])('%j is answered as in %s', async (argv, file, env) => {
    const { code, stdout, stderr } = await run(argv, { ...env });
    const recorded = readFileSync(join(RECORDINGS, file), 'utf8').replace(/^rc=0\n/m, '');
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: recorded, stderr: '' });
  });
});
