/**
 * `npm run watch`: a Homebridge for development. It runs the plugin with the simulated camera on the configuration
 * test/watch/config.json, and starts again when a file in src/ has changed. The pages in ui/ are built once.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, watch } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** The news of a changed file may come this much later, in ms, than tsc's line that it has written all files. */
const newsMs = 200;

try {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: project, stdio: 'inherit' });
} catch {
  // tsc has said why.
  process.exit(1);
}
const { startHomebridge } = await import(`${project}/dist/test/support/homebridge.js`);
const { node24Needed } = await import(`${project}/dist/test/setup/node-24.js`);
const { playPlatform } = await import(`${project}/dist/test/demo/environment.js`);

const text = readFileSync(`${project}/test/watch/config.json`, 'utf8');
const { bridge, platforms } = JSON.parse(text.replaceAll('{project}', project));
const folder = `${project}/.cache/watch`;

let homebridge;
let changed = true;
let stopping = false;

/** Ends the running Homebridge and starts the next one, until nothing has changed meanwhile. */
async function restart() {
  while (changed && !stopping) {
    changed = false;
    await homebridge?.stop('SIGTERM', 2_000);
    if (stopping) return;
    homebridge = await startHomebridge({
      version: node24Needed(process.version) ? 1 : 2,
      folder,
      platforms,
      bridge,
      env: playPlatform('vc4', folder),
      debug: true,
      onLine: (line) => console.log(line),
    });
    console.log(`Storage, with the access token: ${homebridge.storage}`);
  }
}

// Homebridge is started and stopped by one chain of promises, so that there are never two.
let work = Promise.resolve();
let timer;

const watcher = watch(`${project}/dist/src`, { recursive: true }, () => (changed = true));
const compiler = spawn(
  process.execPath,
  [`${project}/node_modules/typescript/bin/tsc`, '-p', project, '--watch', '--preserveWatchOutput'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
createInterface({ input: compiler.stdout }).on('line', (line) => {
  console.log(line);
  if (line.includes('Watching for file changes'))
    timer = setTimeout(() => (work = work.then(restart)), newsMs);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    clearTimeout(timer);
    watcher.close();
    compiler.kill();
    work = work.then(() => homebridge?.stop('SIGTERM', 2_000));
  });
