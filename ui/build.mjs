// Builds the pages: type check, one script a page, the rest copied as it is.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', `${root}/ui/live/tsconfig.json`], { stdio: 'inherit' });

mkdirSync(`${root}/dist/ui/live`, { recursive: true });
await build({
  entryPoints: [`${root}/ui/live/live.ts`],
  outfile: `${root}/dist/ui/live/live.js`,
  bundle: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'none',
});
for (const name of ['live.html', 'live.css'])
  cpSync(`${root}/ui/live/${name}`, `${root}/dist/ui/live/${name}`);
