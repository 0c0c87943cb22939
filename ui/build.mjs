// Builds the pages the relay serves into dist/pages: type check, one script a page, the rest copied as it is.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', `${root}/ui/live/tsconfig.json`], { stdio: 'inherit' });

const pages = ['live', 'index'];
// Not dist/ui: there tsc puts the modules that tests import one by one.
const outdir = `${root}/dist/pages`;
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: pages.map((page) => `${root}/ui/live/${page}.ts`),
  outdir,
  bundle: true,
  format: 'esm',
  target: ['chrome109', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'none',
});
for (const page of pages) {
  for (const kind of ['html', 'css']) cpSync(`${root}/ui/live/${page}.${kind}`, `${outdir}/${page}.${kind}`);
}
for (const picture of ['snapshot-unavailable.jpg', 'snapshot-no-ffmpeg.jpg']) {
  cpSync(`${root}/ui/placeholders/${picture}`, `${outdir}/${picture}`);
}
