import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../support/fixtures.js';
import { configSchema } from './config-schema.js';

test('config.schema.json says what the definition says (npm run schema writes it)', () => {
  const file: unknown = JSON.parse(readFileSync(new URL('config.schema.json', projectRoot), 'utf8'));
  expect(file).toEqual(JSON.parse(JSON.stringify(configSchema())));
});
