import { pathToFileURL } from 'node:url';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isAlive, makeProgram, type ProgramOptions, type TestProgram } from '../support/camera-program.js';
import { playPlatform } from '../demo/environment.js';
import { nodeForHomebridge } from '../setup/node-24.js';
import { projectRoot } from '../setup/paths.js';
import { freePort } from '../support/free-port.js';
import { type RunningHomebridge, startHomebridge } from '../support/homebridge.js';
import { limiter } from '../support/limiter.js';
import { notRun } from '../support/not-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

/** Camera processes must be gone so long after Homebridge, or the worker, ended. */
const limitMs = 2000;
/** Homebridges at the same time. */
const atOnce = 3;

/** What a camera is doing when it happens. None of the faults comes back. */
const states = {
  streaming: {},
  'in a silent stall': { standIn: { STALL_AT: '1' } },
  'in the timeout loop': { standIn: { TIMEOUT_AT: '1' } },
  'deaf to SIGINT': { standIn: { IGNORE_SIGINT: '1' } },
  starting: { standIn: { START_DELAY_MS: '60000' } },
  'being asked for its version': { version: 'test -e "$here/healthy" || exec sleep 60;' },
} as const satisfies Record<string, ProgramOptions>;
type State = keyof typeof states;
const stateNames = Object.keys(states) as State[];

interface Way {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: NodeJS.Signals;
  /** What the log says when only the worker dies. */
  readonly says?: RegExp;
  readonly needsSetpriv?: true;
}

const ways: readonly Way[] = [
  { name: 'Homebridge is ended by SIGTERM', signal: 'SIGTERM' },
  { name: 'Homebridge is ended by SIGKILL', signal: 'SIGKILL', needsSetpriv: true },
  { name: 'another plugin calls process.exit', signal: 'SIGUSR2', env: { TROUBLE: 'exit' } },
  { name: 'another plugin throws an error nobody catches', signal: 'SIGUSR2', env: { TROUBLE: 'throw' } },
  {
    name: 'the media worker is terminated',
    signal: 'SIGUSR2',
    env: { WORKER_DEATH: 'terminate' },
    says: /The media worker ended\./,
  },
  {
    name: 'the media worker crashes',
    signal: 'SIGUSR2',
    env: { WORKER_DEATH: 'crash' },
    says: /The media worker failed: told to crash\./,
  },
  {
    name: 'the media worker calls process.exit',
    signal: 'SIGUSR2',
    env: { WORKER_DEATH: 'exit' },
    says: /The media worker ended\./,
  },
];

interface Outcome {
  /** How long each camera process lived on, in ms; nothing when it was there after all this time. */
  readonly lifeMs: ReadonlyMap<State, number | undefined>;
  readonly log: readonly string[];
  /** Cameras that streamed again; only when the worker died. */
  readonly again: ReadonlySet<State>;
}

const preload = pathToFileURL(join(projectRoot, 'dist/test/support/worker-death.js')).href;
const troublemaker = join(projectRoot, 'test/support/plugins/homebridge-troublemaker');
const running = new Set<RunningHomebridge>();

async function start(
  programs: readonly (readonly [string, TestProgram])[],
  env: Readonly<Record<string, string>>,
): Promise<RunningHomebridge> {
  const cameras = programs.map(([name, { path }]) => ({
    name,
    camera: 0,
    program: path,
    mode: 'always',
    // One picture per second: silence is not taken for a stall until 10 s have passed.
    framerate: name === 'in a silent stall' || name === 'in the timeout loop' ? 1 : 30,
  }));
  const homebridge = await startHomebridge({
    version: 1,
    platforms: [{ platform: 'Libcamera', cameras, relay: { host: '127.0.0.1', port: await freePort() } }],
    plugins: [troublemaker],
    env: {
      ...playPlatform('vc4', temporaryFolder()),
      CAMERA_STAND_IN_CAMERAS: '4',
      NODE_OPTIONS: `--import=${preload}`,
      ...env,
    },
  });
  running.add(homebridge);
  return homebridge;
}

/** Waits until a process is where its state says; the facts come from the process itself. */
async function reach(state: State, program: TestProgram, log: readonly string[]): Promise<number> {
  const there: Record<State, () => boolean> = {
    streaming: () => program.pictures() >= 10,
    'in a silent stall': () => program.pictures() >= 2,
    'in the timeout loop': () => program.pictures() >= 2,
    'deaf to SIGINT': () => program.pictures() >= 10,
    starting: () => program.runs().length > 0,
    'being asked for its version': () => program.asked().length > 0,
  };
  const why = (): string => `${state}. The log:\n${log.slice(-30).join('\n')}`;
  await until(there[state], why, 30_000);
  const pid = program.alive()[0];
  if (pid === undefined) throw new Error(`No process: ${why()}`);
  return pid;
}

/** @returns ms until the process was gone, or nothing */
async function lifeOf(pid: number, sinceMs: number): Promise<number | undefined> {
  while (isAlive(pid)) {
    if (performance.now() - sinceMs > limitMs) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now() - sinceMs;
}

async function die(way: Way, withSetpriv: boolean): Promise<Outcome> {
  const programs = stateNames.map((state) => [state, makeProgram(states[state])] as const);
  const homebridge = await start(programs, { ...way.env, ...(withSetpriv ? {} : { NO_SETPRIV: '1' }) });
  try {
    const { log } = homebridge;
    const reached = programs.map(async ([state, program]) => ({
      state,
      program,
      pid: await reach(state, program, log),
    }));
    const cameras = await Promise.all(reached);
    const spawned = /worker-death: spawned (\S+)/.exec(
      log.find((line) => line.includes('spawned')) ?? '',
    )?.[1];
    expect(spawned?.endsWith('/setpriv')).toBe(withSetpriv);

    for (const { program } of cameras) program.heal();
    process.kill(homebridge.pid, way.signal);
    if (way.says === undefined) await homebridge.exited;
    else await homebridge.waitForLog(way.says, 10_000);
    const sinceMs = performance.now();
    const lives = cameras.map(async ({ state, pid }) => [state, await lifeOf(pid, sinceMs)] as const);
    const lifeMs = new Map(await Promise.all(lives));

    const again = new Set<State>();
    if (way.says !== undefined) {
      const streams = cameras.map(async ({ state, program, pid }) => {
        const before = program.pictures();
        const restarted = (): boolean =>
          program.runs().some((run) => run !== pid && isAlive(run)) && program.pictures() >= before + 2;
        await until(restarted, `${state}, again. The log:\n${log.slice(-30).join('\n')}`, 20_000);
        again.add(state);
      });
      await Promise.all(streams);
    }
    return { lifeMs, log: [...log], again };
  } finally {
    await homebridge.stop('SIGKILL');
    running.delete(homebridge);
  }
}

const limited = limiter(atOnce);
const timeoutMs = 120_000;

function testWays(withSetpriv: boolean): void {
  const possible = ways.filter((way) => withSetpriv || way.needsSetpriv !== true);
  const outcomes = new Map<Way, Promise<Outcome>>();
  beforeAll(() => {
    for (const way of possible) {
      const outcome = limited(() => die(way, withSetpriv));
      outcome.catch(() => undefined);
      outcomes.set(way, outcome);
    }
  });

  describe.each(possible)('when $name', (way) => {
    const outcome = async (): Promise<Outcome> => {
      const found = await outcomes.get(way);
      if (!found) throw new Error('It was not tried.');
      return found;
    };

    test.each(stateNames)(
      'the camera process that is %s is gone',
      async (state) => {
        expect((await outcome()).lifeMs.get(state)).toBeLessThanOrEqual(limitMs);
      },
      timeoutMs,
    );

    const { says } = way;
    if (says === undefined) return;
    test(
      'the log tells why, the worker is started again, and all cameras stream',
      async () => {
        const { log, again } = await outcome();
        // Beside it each camera tells its own trouble.
        const line = log.find((text) => says.test(text) && text.includes('Starting')) ?? '';
        expect(line).toMatch(/ Starting it again in 0\.[345] s\.$/);
        expect([...again].sort()).toEqual([...stateNames].sort());
      },
      timeoutMs,
    );
  });
}

const homebridge = nodeForHomebridge(1);
const hasSetpriv = existsSync('/usr/bin/setpriv') || existsSync('/bin/setpriv');
if ('reason' in homebridge) {
  notRun('no camera process outlives Homebridge or the media worker', homebridge.reason);
} else {
  if (hasSetpriv) describe('with setpriv', () => testWays(true));
  else
    notRun('no camera process outlives Homebridge, with setpriv', 'setpriv (util-linux) is not installed.');
  describe('without setpriv', () => testWays(false));

  if (hasSetpriv) {
    test.each([0, 0, 25])(
      'Homebridge is ended by SIGKILL %i ms after it started a camera process',
      async (ms) => {
        await limited(async () => {
          const program = makeProgram({ standIn: { START_DELAY_MS: '60000' } });
          const killed = await start([['Camera', program]], { DEATH_AFTER_SPAWN: String(ms) });
          expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
          const sinceMs = performance.now();
          const marked = await killed.stop();
          running.delete(killed);
          expect(marked).toEqual([]);
          expect(program.alive()).toEqual([]);
          expect(performance.now() - sinceMs).toBeLessThan(limitMs + 1000);
        });
      },
      timeoutMs,
    );
  }
}

afterAll(async () => {
  await Promise.all([...running].map((left) => left.stop('SIGKILL')));
});
