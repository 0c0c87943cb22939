import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nameOfShortForm, parseOptions, wholeName } from '../../src/camera/program-options.js';
import { recording } from '../support/fixtures.js';
import { versions, optionsOf } from './option-tables.js';

const help = recording('help-1.12.txt').toString();
const options = parseOptions(help);

describe('--help', () => {
  test.each([
    ['help', { short: 'h', implicit: '1' }],
    ['verbose', { short: 'v', implicit: '2' }],
    ['config', { short: 'c', implicit: 'config.txt' }],
    ['output', { short: 'o' }],
    ['nopreview', { short: 'n', implicit: '1' }],
    ['camera', {}],
    ['hdr', { implicit: 'auto' }],
    ['circular', { implicit: '4' }],
    ['libav-video-codec', {}],
    ['low-latency', { implicit: '1' }],
    ['sync', {}],
  ])('--%s is %j', (name, spec) => {
    expect(options.get(name)).toEqual(spec);
  });

  test('all options are found', () => {
    expect(options.size).toBe(90);
    expect([...options.values()].filter(({ short }) => short !== undefined)).toHaveLength(15);
  });

  test('nothing is taken out of a description', () => {
    expect(options.has('metadata)')).toBe(false);
    expect([
      ...parseOptions('  --one arg      See also\n                 --two [=arg(=1)] option.\n').keys(),
    ]).toEqual(['one']);
  });

  test.each([
    ['other text', 'Usage: cat [OPTION]...\n'],
    ['a name that is too long', `  --${'x'.repeat(64)} arg\n`],
    ['nothing', ''],
  ])('no option is found in %s', (_what, text) => {
    expect([...parseOptions(text)]).toEqual([]);
  });

  test('at most 500 options are kept', () => {
    const text = Array.from({ length: 2000 }, (_, i) => `  --option-${i} arg\n`).join('');
    expect(parseOptions(text).size).toBe(500);
  });

  test('any text is read, in time that grows with its length only', () => {
    const piece = fc.constantFrom('  ', '--', '-n [ ', ' ]', ' [=arg(=', '1)', ']', '\n', 'a', '-', ' (=0)');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 200 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        for (const name of parseOptions(given).keys()) expect(name).toMatch(/^[a-z][\w-]{0,62}$/);
      }),
    );
    for (const long of ['  --a', '-', '  -n [ --a ] [=arg(=', ' ', '\n']) {
      expect(parseOptions(`  --${long.repeat(300_000)}`).size).toBeLessThan(2);
    }
  });
});

test.each([
  ['bitrate', 'bitrate'],
  ['bitr', 'bitrate'],
  // A whole name wins over the longer ones that begin with it.
  ['metadata', 'metadata'],
  ['metadat', undefined],
  ['nothing', undefined],
])('--%s stands for %s', (written, name) => {
  expect(wholeName(written, options)).toBe(name);
});

test.each([
  ['n', 'nopreview'],
  ['g', 'intra'],
  ['z', undefined],
])('-%s stands for %s', (letter, name) => {
  expect(nameOfShortForm(letter, options)).toBe(name);
});

test.each(versions)('the table of %s has what the program needs', (version) => {
  expect([...optionsOf(version).keys()]).toEqual(
    expect.arrayContaining(['output', 'save-pts', 'flush', 'codec', 'libav-format', 'camera']),
  );
});
