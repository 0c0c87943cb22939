import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  assignIds,
  type NamedCamera,
  parseRemembered,
  type RememberedCamera,
} from '../../src/config/identity.js';
import { isSlug, makeSlug, reservedIds } from '../../src/config/slug.js';

describe('slugs', () => {
  test.each([
    ['Front door', 'front-door'],
    ['  Küche ☀ ', 'küche'],
    ['玄関', '玄関'],
    ['Гараж №2', 'гараж-2'],
    ['metrics', 'metrics-2'],
    ['Stats.json', 'stats-json'],
    ['../..', 'camera'],
    ['☀', 'camera'],
    ['', 'camera'],
    ['x'.repeat(200), 'x'.repeat(27)],
    ['𐐀'.repeat(40), '𐐨'.repeat(27)],
  ])('%j becomes %j', (name, slug) => {
    expect(makeSlug(name, new Set())).toBe(slug);
  });

  test('a taken one gets a number', () => {
    expect(makeSlug('Door', new Set(['door', 'door-2']))).toBe('door-3');
  });

  test('whatever the name, the slug is one, free and not reserved', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (name, taken) => {
        const slug = makeSlug(name, new Set(taken));
        expect(isSlug(slug)).toBe(true);
        expect(taken).not.toContain(slug);
        expect(reservedIds).not.toContain(slug);
      }),
    );
  });

  test.each([
    '',
    '-a',
    'a-',
    'a--b',
    'A',
    'a b',
    'a/b',
    '..',
    'metrics',
    'login',
    'assets',
    'stats.json',
    'x'.repeat(55),
  ])('%j is none', (text) => {
    expect(isSlug(text)).toBe(false);
  });
});

describe('ids', () => {
  const camera = (name: string, index: number | string = 0, id?: string): NamedCamera => ({
    id,
    name,
    camera: index,
  });
  const known = (id: string, name: string, index: number | string = 0): RememberedCamera => ({
    id,
    name,
    camera: index,
  });

  test.each<[what: string, cameras: NamedCamera[], remembered: RememberedCamera[], ids: string[]]>([
    ['new cameras are named after their names', [camera('Door'), camera('Yard', 1)], [], ['door', 'yard']],
    ['a remembered camera keeps its id', [camera('Door')], [known('front', 'Door')], ['front']],
    ['a renamed camera keeps its id', [camera('Gate')], [known('door', 'Door')], ['door']],
    [
      'names win over sensors: swapped cables keep the names',
      [camera('Door', 1), camera('Yard', 0)],
      [known('door', 'Door', 0), known('yard', 'Yard', 1)],
      ['door', 'yard'],
    ],
    [
      "two cameras renamed at once keep their sensors' ids",
      [camera('A', 0), camera('B', 1)],
      [known('x', 'X', 0), known('y', 'Y', 1)],
      ['x', 'y'],
    ],
    [
      'a new camera does not take the id of one that is still there',
      [camera('New', 0), camera('Door', 1)],
      [known('door', 'Door', 0)],
      ['new', 'door'],
    ],
    ['the configured id wins', [camera('Door', 0, 'mine')], [known('door', 'Door')], ['mine']],
    [
      'a configured id is not given to another',
      [camera('Door'), camera('Yard', 1, 'door')],
      [],
      ['door-2', 'door'],
    ],
  ])('%s', (_, cameras, remembered, ids) => {
    expect(assignIds(cameras, remembered)).toEqual(ids);
  });

  test('a damaged file is read as far as it goes', () => {
    expect(parseRemembered('')).toEqual([]);
    expect(parseRemembered('{"id":1}')).toEqual([]);
    expect(
      parseRemembered('[null, 1, {"id":"../x","name":"a","camera":0}, {"id":"a","name":"A","camera":0}]'),
    ).toEqual([known('a', 'A')]);
    fc.assert(fc.property(fc.json(), (text) => void parseRemembered(text)));
  });
});
