import { createRequire } from 'node:module';

/** This plugin's own version. */
export const pluginVersion = (createRequire(import.meta.url)('../../package.json') as { version: string })
  .version;
