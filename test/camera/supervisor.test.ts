import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Supervisor } from '../../src/camera/supervisor.js';
import type { CameraSettings } from '../../src/config/settings.js';
import { healthyMs, retryDelayMs } from '../../src/shared/back-off.js';
import type { CameraState } from '../../src/shared/camera-state.js';
import {
  hasFile,
  isAlive,
  makeProgram,
  type ProgramOptions,
  type TestProgram,
  videoDevices,
} from '../support/camera-program.js';
import { cameraSettings } from '../support/camera-settings.js';
import { FakeClock } from '../support/fake-clock.js';
import { realMachine } from '../support/machine.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const random = 0.5;
const stallMs = 3000;
const startBudgetMs = 20_000;
const graceMs = 2500;

/** Shell lines of fake camera programs. */
const streams = 'printf abc; exec sleep 60';
const silent = 'exec sleep 60';
const notesInterrupt = `trap 'touch "$here/interrupted"' INT; touch "$here/ready"; printf abc; while :; do sleep 0.05; done`;
const says = (line: string): string => `echo ${JSON.stringify(line)} >&2; exit 255`;

interface Rig {
  readonly supervisor: Supervisor;
  readonly clock: FakeClock;
  /** Ends what is asked of the program. */
  readonly abort: AbortController;
  readonly program: TestProgram;
  readonly states: readonly CameraState[];
  readonly log: readonly string[];
  readonly ends: readonly string[];
  readonly bytes: () => string;
  readonly ptsBytes: () => string;
  /** Ids the registry knows. */
  readonly registered: ReadonlySet<number>;
  readonly fifo: string;
  readonly is: (state: CameraState['state'], times?: number) => Promise<CameraState>;
}

const rigs: Rig[] = [];

afterEach(async () => {
  for (const { supervisor, clock, abort } of rigs.splice(0)) {
    abort.abort();
    let stopped = false;
    void supervisor.stop().then(() => (stopped = true));
    await until(() => {
      void clock.advance(graceMs);
      return stopped;
    }, 'the supervisor stops');
  }
});

function rig(
  options: ProgramOptions,
  changes: Partial<CameraSettings> = {},
  platform: 'vc4' | 'pisp' = 'pisp',
): Rig {
  const program = makeProgram(options);
  const clock = new FakeClock();
  const states: CameraState[] = [];
  const log: string[] = [];
  const ends: string[] = [];
  let bytes = '';
  let ptsBytes = '';
  const registered = new Set<number>();
  const fifo = join(temporaryFolder(), 'run', 'garden.pts');
  const abort = new AbortController();
  const settings = cameraSettings({ program: program.path, ...changes });
  const tell = (level: string, message: string): void => void log.push(`${level}: ${message}`);
  const registry = {
    add(pid: number) {
      registered.add(pid);
      return () => void registered.delete(pid);
    },
  };
  const deviceNames = videoDevices(platform);
  const supervisor = new Supervisor({
    settings,
    clock,
    log: tell,
    random: () => random,
    host: realMachine({ settings, registry, log: tell, deviceNames, ptsFifo: fifo, signal: abort.signal }),
    listener: {
      started: (frameEnd) => ends.push(frameEnd),
      bytes: (chunk) => (bytes += chunk.toString()),
      ptsBytes: (chunk) => (ptsBytes += chunk.toString()),
      state: (state) => states.push(state),
    },
  });
  const is = async (state: CameraState['state'], times = 1): Promise<CameraState> => {
    const found = (): CameraState[] => states.filter((told) => told.state === state);
    await until(
      () => found().length >= times,
      () => `${state} (${times}): ${JSON.stringify(states)}\n${log.join('\n')}`,
    );
    const last = found()[times - 1];
    if (!last) throw new Error('unreachable');
    return last;
  };
  const made: Rig = {
    ...{ supervisor, clock, abort, program, states, log, ends, registered, fifo, is },
    bytes: () => bytes,
    ptsBytes: () => ptsBytes,
  };
  rigs.push(made);
  return made;
}

const names = (states: readonly CameraState[]): string[] => states.map(({ state }) => state);

/** How long from now until the state's retry, in ms. */
function delayOf(state: CameraState, clock: FakeClock): number {
  if (state.state !== 'recovering') throw new Error(`It is ${state.state}.`);
  return (state.retryAtUs - clock.nowUs()) / 1000;
}

describe('start and stop', () => {
  test('hands on what the process writes, and stops it with SIGINT', async () => {
    const { supervisor, program, states, is, bytes, ends, registered } = rig({ body: streams });
    supervisor.start();
    supervisor.start();
    await is('streaming');
    expect(bytes()).toBe('abc');
    expect(ends).toEqual(['flv']);
    expect([...registered]).toEqual(program.runs());
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(program.alive()).toEqual([]);
    expect(program.runs()).toHaveLength(1);
    expect(registered.size).toBe(0);
    expect(names(states)).toEqual(['starting', 'streaming', 'stopped']);
    await supervisor.stop();
    expect(states).toHaveLength(3);
  });

  test('can be stopped while the process starts', async () => {
    const { supervisor, program, states } = rig({ body: silent });
    supervisor.start();
    await until(() => program.alive().length === 1, 'the process runs');
    await supervisor.stop();
    expect(program.alive()).toEqual([]);
    expect(names(states)).toEqual(['starting', 'stopped']);
  });

  test('can be stopped while the program is asked for its version', async () => {
    const { supervisor, abort, program, states } = rig({ version: 'exec sleep 60;' });
    supervisor.start();
    await until(() => program.asked().length === 1, 'the program is asked');
    const sinceMs = performance.now();
    await supervisor.stop();
    expect(performance.now() - sinceMs).toBeLessThan(2000);
    // The answer serves other cameras too: the question ends with the plugin.
    abort.abort();
    await until(() => program.alive().length === 0, 'the question ends');
    expect(program.runs()).toEqual([]);
    expect(names(states)).toEqual(['starting', 'stopped']);
  });

  test('can be stopped at once', async () => {
    const { supervisor, program, states } = rig({ body: streams });
    supervisor.start();
    await supervisor.stop();
    expect(program.runs()).toEqual([]);
    expect(states.at(-1)).toEqual({ state: 'stopped' });
  });

  test('can be stopped while it waits for the next attempt', async () => {
    const { supervisor, clock, program, states, is } = rig({ body: 'exit 1' });
    supervisor.start();
    await is('recovering');
    await supervisor.stop();
    expect(names(states)).toEqual(['starting', 'recovering', 'stopped']);
    expect(clock.pending).toBe(0);
    await clock.advance(60_000);
    expect(program.runs()).toHaveLength(1);
  });

  test('can be started again, also while it still stops', async () => {
    const { supervisor, clock, program, states, is } = rig({ body: notesInterrupt });
    supervisor.start();
    await is('streaming');
    const [first = 0] = program.runs();
    const stopped = supervisor.stop();
    supervisor.start();
    await until(() => hasFile(program, 'interrupted'), 'SIGINT');
    await clock.advance(graceMs);
    await stopped;
    await is('streaming', 2);
    expect(program.runs()).toHaveLength(2);
    expect(isAlive(first)).toBe(false);
    expect(names(states)).toEqual(['starting', 'streaming', 'stopped', 'starting', 'streaming']);
  });

  test('a process that does not mind SIGINT gets SIGKILL after its time', async () => {
    const { supervisor, clock, program, is } = rig({ body: notesInterrupt });
    supervisor.start();
    await is('streaming');
    const stopped = supervisor.stop();
    await until(() => hasFile(program, 'interrupted'), 'SIGINT');
    await clock.advance(graceMs - 1);
    expect(program.alive()).toHaveLength(1);
    await clock.advance(1);
    await stopped;
    expect(program.alive()).toEqual([]);
  });

  test('what a script leaves behind is ended with it', async () => {
    const { supervisor, program, is } = rig({
      body: 'sleep 60 & echo $! >> "$here/runs"; printf abc; exit 0',
    });
    supervisor.start();
    await is('recovering');
    expect(program.alive()).toEqual([]);
    await supervisor.stop();
  });
});

describe('trouble', () => {
  test('silence of a process that streamed ends it: SIGINT, then SIGKILL', async () => {
    const { supervisor, clock, program, states, is } = rig({ body: notesInterrupt });
    supervisor.start();
    await is('streaming');
    await clock.advance(stallMs - 1);
    expect(clock.pending).toBe(1);
    expect(hasFile(program, 'interrupted')).toBe(false);
    await clock.advance(1);
    await until(() => hasFile(program, 'interrupted'), 'SIGINT');
    await clock.advance(graceMs - 1);
    expect(program.alive()).toHaveLength(1);
    await clock.advance(1);
    const state = await is('recovering');
    expect(program.alive()).toEqual([]);
    expect(state).toMatchObject({
      reason: 'The camera program stopped delivering pictures: none came for 3 s.',
      remedy: 'If this happens again and again, raise "bitrate", and check the ribbon cable.',
    });
    await clock.advance(delayOf(state, clock));
    await is('streaming', 2);
    expect(names(states)).toEqual(['starting', 'streaming', 'recovering', 'starting', 'streaming']);
  });

  test('pictures keep it going', async () => {
    const body = `printf a; while :; do test -e "$here/more" && rm "$here/more" && printf b; sleep 0.02; done`;
    const { supervisor, clock, program, states, is, bytes } = rig({ body });
    supervisor.start();
    await is('streaming');
    for (let pictures = 2; pictures <= 4; pictures += 1) {
      await clock.advance(stallMs - 1);
      writeFileSync(join(program.folder, 'more'), '');
      await until(() => bytes().length === pictures, 'another picture');
    }
    expect(names(states)).toEqual(['starting', 'streaming']);
  });

  test('at a low frame rate the silence may last ten pictures', async () => {
    const { supervisor, clock, states, is } = rig({ body: streams }, { framerate: 1 });
    supervisor.start();
    await is('streaming');
    await clock.advance(9999);
    expect(names(states)).toEqual(['starting', 'streaming']);
    await clock.advance(1);
    await is('recovering');
  });

  test('a process that never begins is ended after its time', async () => {
    const { supervisor, clock, program, states, is } = rig({ body: silent });
    supervisor.start();
    await until(() => program.alive().length === 1 && clock.pending > 0, 'the process runs');
    await clock.advance(startBudgetMs - 1);
    expect(program.alive()).toHaveLength(1);
    await clock.advance(1);
    const state = await is('recovering');
    expect(state).toMatchObject({
      reason: 'The camera program delivered no picture within 20 s of its start.',
    });
    expect(program.alive()).toEqual([]);
    expect(names(states)).toEqual(['starting', 'recovering']);
  });

  test('tries again after delays that double up to a minute', async () => {
    const { supervisor, clock, states, program, is } = rig({ body: 'exit 1' });
    supervisor.start();
    for (let failures = 1; failures <= 10; failures += 1) {
      const state = await is('recovering', failures);
      const delayMs = delayOf(state, clock);
      expect(delayMs).toBe(retryDelayMs(failures, random));
      await clock.advance(delayMs - 1);
      expect(states.at(-1)).toBe(state);
      await clock.advance(1);
      await is('starting', failures + 1);
    }
    await is('recovering', 11);
    expect(program.runs()).toHaveLength(11);
  });

  test('after a healthy time the first delay is the shortest one again', async () => {
    const third = `printf a; until test -e "$here/go"; do sleep 0.02; done; printf b; exit 1`;
    const body = `[ "$(wc -l < "$here/runs")" -lt 3 ] && exit 1; ${third}`;
    // Ten pictures at this rate are 100 s: the clock may move that far without a picture.
    const { supervisor, clock, program, is } = rig({ body }, { framerate: 0.1 });
    supervisor.start();
    for (const failures of [1, 2]) {
      const state = await is('recovering', failures);
      expect(delayOf(state, clock)).toBe(retryDelayMs(failures, random));
      await clock.advance(delayOf(state, clock));
    }
    await is('streaming');
    await clock.advance(healthyMs);
    writeFileSync(join(program.folder, 'go'), '');
    expect(delayOf(await is('recovering', 3), clock)).toBe(retryDelayMs(1, random));
  });

  test('is not started again after a mistake in the configuration, whoever comes', async () => {
    const { supervisor, clock, program, states, is } = rig({
      body: says('ERROR: *** Invalid AWB gains ***'),
    });
    supervisor.start();
    expect(await is('failed')).toMatchObject({ remedy: expect.stringMatching(/\w/) });
    expect(clock.pending).toBe(0);
    await clock.advance(3_600_000);
    await supervisor.stop();
    supervisor.start();
    await is('failed', 2);
    expect(program.runs()).toHaveLength(1);
    expect(names(states)).toEqual(['starting', 'failed', 'failed']);
  });

  test('a program that misses a library is looked for every minute', async () => {
    const line = 'rpicam-vid: error while loading shared libraries: rpicam_app.so.1.7.0';
    const { supervisor, clock, program, is } = rig({
      body: `test -e "$here/healthy" || { ${says(line)}; }; ${streams}`,
    });
    supervisor.start();
    expect(delayOf(await is('recovering'), clock)).toBe(60_000);
    program.heal();
    await clock.advance(60_000);
    await is('streaming');
    expect(program.runs()).toHaveLength(2);
  });

  test('a program that was replaced is asked anew what it can do', async () => {
    const { supervisor, clock, program, log, is } = rig({ body: 'exit 1' });
    supervisor.start();
    const state = await is('recovering');
    const asked = (): number => log.filter((line) => line.startsWith('info: Camera program: ')).length;
    expect(asked()).toBe(1);
    await clock.advance(delayOf(state, clock));
    const second = await is('recovering', 2);
    expect(asked()).toBe(1);
    const text = readFileSync(program.path, 'utf8');
    writeFileSync(program.path, `${text}# updated\n`);
    await clock.advance(delayOf(second, clock));
    await is('recovering', 3);
    expect(asked()).toBe(2);
  });

  test('tells what a transient end was', async () => {
    const { supervisor, is, log } = rig({ body: says('ERROR: *** no cameras available ***') });
    supervisor.start();
    expect(await is('recovering')).toMatchObject({
      reason: 'No camera was found. It said: "no cameras available".',
      remedy: 'Check the ribbon cable at both ends, with the power off.',
    });
    expect(log).toContain('debug: ERROR: *** no cameras available ***');
  });

  test('a program that is no camera program is not started', async () => {
    const { supervisor, program, is } = rig({ help: 'Usage: cat [OPTION]... [FILE]...\n' });
    supervisor.start();
    expect(await is('recovering')).toMatchObject({
      reason: `${program.path} does not answer as rpicam-vid does.`,
    });
    expect(program.runs()).toEqual([]);
  });
});

describe('what the process is given', () => {
  const argumentsOf = (program: TestProgram): string[] =>
    readFileSync(join(program.folder, 'arguments'), 'utf8').trimEnd().split('\n');
  const tells = `printf '%s\\n' "$@" > "$here/arguments"; ${streams}`;

  test('a camera with an id is looked up, and started by its number', async () => {
    const id = '/base/axi/pcie@1000120000/rp1/i2c@80000/ov5647@36';
    const { supervisor, program, is } = rig({ body: tells }, { camera: id });
    supervisor.start();
    await is('streaming');
    const given = argumentsOf(program);
    expect(given[given.indexOf('--camera') + 1]).toBe('1');
  });

  test('an id that is not there fails, with those that are', async () => {
    const { supervisor, program, is } = rig({ body: tells }, { camera: '/base/nothing' });
    supervisor.start();
    const state = await is('recovering');
    expect(state).toMatchObject({
      reason: expect.stringMatching(
        /^No camera has the id "\/base\/nothing". Found: 0: imx219 \(.*, 1: ov5647 \(/,
      ),
    });
    expect(program.runs()).toEqual([]);
  });

  test('on vc4 a FIFO for the times, which is read and removed', async () => {
    const body = `${tells.replace(streams, '')} for word; do case "$last" in --save-pts) pts=$word;; esac; last=$word; done;
echo '0.000' > "$pts"; ${streams}`;
    const { supervisor, program, fifo, ends, is, ptsBytes } = rig({ body }, {}, 'vc4');
    supervisor.start();
    await is('streaming');
    await until(() => ptsBytes() === '0.000\n', 'the line of the FIFO');
    expect(argumentsOf(program)).toContain(fifo);
    expect(ends).toEqual(['pts']);
    await supervisor.stop();
    expect(() => readFileSync(fifo)).toThrow('ENOENT');
  });

  test('on vc4 without a place for a FIFO in its folder there is one elsewhere', async () => {
    const { supervisor, program, fifo, ends, is } = rig({ body: tells }, {}, 'vc4');
    mkdirSync(join(fifo, 'taken'), { recursive: true });
    supervisor.start();
    await is('streaming');
    const given = argumentsOf(program);
    const elsewhere = given[given.indexOf('--save-pts') + 1] ?? '';
    expect(statSync(elsewhere).isFIFO()).toBe(true);
    expect(statSync(dirname(elsewhere)).mode & 0o777).toBe(0o700);
    expect(ends).toEqual(['pts']);
    await supervisor.stop();
    expect(existsSync(dirname(elsewhere))).toBe(false);
  });

  test('options it does not have are left out, with one warning', async () => {
    const { supervisor, clock, is, log } = rig({ body: 'exit 1' }, { image: { 'no-such-option': 1 } });
    supervisor.start();
    await clock.advance(delayOf(await is('recovering'), clock));
    await is('recovering', 2);
    expect(log.filter((line) => line.startsWith('warn'))).toEqual([
      'warn: This camera program has no option --no-such-option: left out.',
    ]);
  });
});
