/** `npm run demo`: a real Homebridge with this plugin and, unless told otherwise, a camera that is not there. */
import { accessSync, constants, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { node24Needed } from '../setup/node-24.js';
import { cameraStandIn } from '../setup/paths.js';
import { freePort, isPortFree } from '../support/free-port.js';
import type { RunningHomebridge } from '../support/homebridge.js';
import { startHomebridge } from '../support/homebridge.js';
import { killMarked } from '../support/processes.js';
import type { DemoArguments } from './arguments.js';
import { help, parseArguments } from './arguments.js';
import { demoPlatform, playPlatform } from './environment.js';
import type { DemoReport } from './ready.js';
import { whenReady } from './ready.js';

const usualPort = 8190;
const readyTimeoutMs = 30_000;
/** Homebridge 1 always takes 5 s to end. What it might still write is thrown away here: nobody has to wait for it. */
const patienceMs = 2_000;

/** Ends the demo with one line for people. */
class Refusal extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message);
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The path of the camera program. */
function findProgram(path: string): string {
  const program = resolve(path);
  try {
    if (!statSync(program).isFile()) throw new Error('no file');
    accessSync(program, constants.X_OK);
    return program;
  } catch {
    throw new Refusal(`--program ${path} is not possible. Allowed: the path of a file that can be run.`, 2);
  }
}

async function choosePort(given: number | undefined, hapPort: number | undefined): Promise<number> {
  const port = given ?? usualPort;
  if (port !== hapPort && (await isPortFree(port, '127.0.0.1'))) return port;
  if (given !== undefined) throw new Refusal(`Port ${port} is taken. Choose another one with --port.`, 1);
  const other = await freePort();
  say(`Port ${port} is taken; the live view is on port ${other}.`);
  return other;
}

async function chooseHapPort(given: number | undefined): Promise<number> {
  if (given === undefined) return freePort();
  if (await isPortFree(given)) return given;
  throw new Refusal(`Port ${given} is taken. Choose another one with --hap-port.`, 1);
}

function reportForPeople(report: DemoReport, options: DemoArguments): string {
  const what = options.program ?? 'a simulated camera';
  return [
    '',
    `Homebridge is running with ${what}.`,
    '',
    ...(report.cameras.length === 1
      ? [`Live view: ${report.liveUrl}`]
      : report.cameras.map(({ name, liveUrl }) => `Live view: ${liveUrl}  (${name})`)),
    `HomeKit setup code: ${report.homekit.pin}`,
    '',
    'Open the live view in a browser on this machine. Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

/** Runs until `stopRequested` or until Homebridge ends by itself. */
async function run(
  options: DemoArguments,
  folder: string,
  stopRequested: Promise<'stop'>,
  started: (homebridge: RunningHomebridge) => void,
): Promise<void> {
  const program = options.program === undefined ? cameraStandIn : findProgram(options.program);
  const standIn = options.program === undefined;
  const platform = options.platform ?? (standIn ? 'vc4' : undefined);
  const port = await choosePort(options.port, options.hapPort);
  const hapPort = await chooseHapPort(options.hapPort);

  let isReady = false;
  const homebridge = await startHomebridge({
    version: node24Needed(process.version) ? 1 : 2,
    folder,
    platforms: [demoPlatform(program, options.cameras, port)],
    bridge: { name: 'Homebridge Demo', port: hapPort },
    insecure: false,
    env: {
      ...(platform === undefined ? {} : playPlatform(platform, folder)),
      ...(standIn
        ? { CAMERA_STAND_IN_CAMERAS: String(options.cameras), CAMERA_STAND_IN_NODE: process.execPath }
        : {}),
    },
    // Homebridge says a lot at its start; from then on the plugin's own lines tell what the camera does.
    onLine: (line) => {
      if (isReady && line.includes('[Libcamera]')) say(line);
    },
  });
  started(homebridge);

  const died = homebridge.exited.then(({ code, signal }) => {
    const how = signal ?? `exit code ${code ?? 'unknown'}`;
    throw new Refusal(`Homebridge ended by itself (${how}).`, 1);
  });
  const ready = whenReady(homebridge, port, options.cameras, readyTimeoutMs);
  try {
    const report = await Promise.race([ready, died, stopRequested]);
    if (report === 'stop') return;
    isReady = true;
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportForPeople(report, options));
    await Promise.race([died, stopRequested]);
  } catch (error) {
    if (!isReady) say(homebridge.log.join('\n'));
    throw error;
  } finally {
    // Whoever lost the race may still fail; nobody listens any more.
    ready.catch(() => undefined);
    died.catch(() => undefined);
  }
}

async function main(): Promise<number> {
  const parsed = parseArguments(process.argv.slice(2));
  if (parsed.kind === 'help') {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  if (parsed.kind === 'wrong') {
    say(parsed.message);
    return 2;
  }

  let homebridge: RunningHomebridge | undefined;
  let stoppingSince: number | undefined;
  const stopRequested = new Promise<'stop'>((resolveStop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        // Who asks again does not want to wait. (npm passes on the Ctrl-C that the terminal sends us as well.)
        stoppingSince ??= performance.now();
        if (performance.now() - stoppingSince > 500 && homebridge !== undefined)
          void killMarked(homebridge.marker, 2_000);
        resolveStop('stop');
      });
  });
  // Whoever read our output may have gone; the demo still has to clean up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-demo-'));
  try {
    await run(parsed.arguments, folder, stopRequested, (started) => (homebridge = started));
    say('Stopping …');
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return error instanceof Refusal ? error.exitCode : 1;
  } finally {
    await homebridge?.stop('SIGTERM', patienceMs);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

process.exitCode = await main();
