import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../support/fixtures.js';
import { configSchema } from './config-schema.js';

test('no number is a slider: the form makes one of bounds unless the layout says otherwise', () => {
  const layout = JSON.stringify(configSchema().layout);
  expect(layout).toContain('{"key":"cameras[].camera","type":"number"}');
  expect(layout).toContain('{"key":"relay.port","type":"number"}');
});

test('config.schema.json says what the definition says (npm run schema writes it)', () => {
  const file: unknown = JSON.parse(readFileSync(new URL('config.schema.json', projectRoot), 'utf8'));
  expect(file).toEqual(JSON.parse(JSON.stringify(configSchema())));
});
