import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';

interface Property {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly items?: Property;
}

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** The options in the settings form: each with its default, if it has one. */
function readSchema(): {
  camera: Readonly<Record<string, Property>>;
  relay: Readonly<Record<string, Property>>;
} {
  const { schema } = JSON.parse(readFileSync(join(projectRoot, 'config.schema.json'), 'utf8')) as {
    schema: Property;
  };
  return {
    camera: schema.properties?.cameras?.items?.properties ?? {},
    relay: schema.properties?.relay?.properties ?? {},
  };
}

/** The rows of the table below a heading: option → default as it is written. */
function readTable(heading: string): Readonly<Record<string, string>> {
  const [section = ''] = (readme.split(`### ${heading}\n`)[1] ?? '').split('\n#');
  const rows = section.matchAll(/^\| `([^`]+)` +\| *(.*?) *\|/gm);
  return Object.fromEntries([...rows].map(([, option = '', value = '']) => [option, value]));
}

describe('README.md', () => {
  test('names every option of the settings form, and no other', () => {
    const { camera, relay } = readSchema();
    expect(Object.keys(readTable('Options of the live view')).sort()).toEqual(Object.keys(relay).sort());
    expect(Object.keys(camera).filter((option) => !readme.includes(`\`${option}\``))).toEqual([]);
    expect(Object.keys(readTable('Options of a camera')).filter((option) => !(option in camera))).toEqual([]);
  });

  test('names the defaults of the settings form', () => {
    const { camera, relay } = readSchema();
    for (const [table, properties] of [
      [readTable('Options of a camera'), camera],
      [readTable('Options of the live view'), relay],
    ] as const) {
      const inSchema = Object.entries(properties).filter(
        ([option, property]) => option in table && property.default !== undefined,
      );
      const expected = inSchema.map(([option, property]) => [
        option,
        `\`${JSON.stringify(property.default)}\``,
      ]);
      expect(inSchema.map(([option]) => [option, table[option]])).toEqual(expected);
    }
  });

  test('shows configurations that can be copied', () => {
    const blocks = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(() => JSON.parse(block) as unknown).not.toThrow();
  });

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run )?((?:test|demo|watch|bench|lint)(?::[a-z]+)?)/g)];
    expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(3);
  });
});
