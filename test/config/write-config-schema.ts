import { writeFileSync } from 'node:fs';
import { projectRoot } from '../support/fixtures.js';
import { configSchema } from './config-schema.js';

writeFileSync(new URL('config.schema.json', projectRoot), `${JSON.stringify(configSchema(), null, 2)}\n`);
