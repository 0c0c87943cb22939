import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningCamera } from '../../src/camera/camera-host.js';
import type { CameraCounters } from '../../src/shared/camera-counters.js';
import type { CameraState } from '../../src/shared/camera-state.js';
import { isAlive, makeProgram, type TestProgram, videoDevices } from '../support/camera-program.js';
import { cameraSettings } from '../support/camera-settings.js';
import { limiter } from '../support/limiter.js';
import { realPipeline } from '../support/real-pipeline.js';
import { SkippingClock } from '../support/skipping-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';

type Platform = 'vc4' | 'pisp';

interface Fault {
  readonly name: string;
  readonly standIn: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** Simulated time; a fault that takes its own real time is watched for less. */
  readonly minutes?: number;
  /** Time that a supervisor without a word from its process waits for, in ms; it is skipped. */
  readonly silenceMs?: number;
  /** Processes started, at least and at most; the real time they take shifts their number. */
  readonly starts: readonly [least: number, most: number];
  /** Nothing when it streams on as if nothing had happened. */
  readonly reason?: RegExp;
  readonly remedy?: RegExp;
  readonly ends?: CameraState['state'];
}

/** Starts in two minutes: ten are the matter of the simulated processes (fault-matrix.test.ts). */
const backOff = [8, 10] as const;

const faults: readonly Fault[] = [
  { name: 'crashes', standIn: { CRASH_AT: '2' }, starts: backOff, reason: /crashed \(SIGSEGV\)/ },
  {
    name: 'throws',
    standIn: { DIE_WITH: 'failed to queue input to codec', DIE_AT: '2' },
    starts: backOff,
    reason: /failed to queue input to codec/,
  },
  { name: 'finds no camera', standIn: { CAMERAS: '0' }, starts: backOff, reason: /^No camera was found/ },
  {
    name: 'finds the camera busy',
    standIn: { BUSY: '1' },
    starts: backOff,
    reason: /^Another program is using the camera/,
  },
  {
    name: 'may not open the devices',
    standIn: { PERMISSION: '1' },
    starts: backOff,
    reason: /may not be opened/,
    remedy: /usermod -aG video|container/,
  },
  {
    name: 'refuses its configuration',
    standIn: { FAIL_WITH: 'Invalid AWB gains' },
    starts: [1, 1],
    reason: /Invalid AWB gains/,
    ends: 'failed',
  },
  {
    name: 'has no encoder',
    standIn: { FAIL_WITH: 'Unable to find an appropriate H.264 codec' },
    starts: [2, 3],
    reason: /appropriate H\.264 codec/,
    remedy: /sudo apt install rpicam-apps/,
  },
  {
    name: 'stalls',
    standIn: { STALL_AT: '2' },
    minutes: 0.2,
    silenceMs: 3000,
    starts: [2, 6],
    reason: /stopped delivering pictures: none came for 3 s/,
  },
  {
    name: 'never starts',
    standIn: { START_DELAY_MS: '100000' },
    minutes: 1,
    silenceMs: 20_000,
    starts: [2, 3],
    reason: /delivered no picture within 20 s of its start/,
  },
  {
    name: 'loses the sensor',
    standIn: { TIMEOUT_AT: '2' },
    minutes: 0.15,
    starts: [2, 3],
    reason: /^The camera stopped answering/,
    remedy: /ribbon cable/,
  },
  {
    name: 'loses the sensor for a moment',
    standIn: { TIMEOUT_AT: '2', TIMEOUTS: '2' },
    minutes: 0.08,
    starts: [1, 1],
  },
  { name: 'ignores SIGINT', standIn: { IGNORE_SIGINT: '1' }, minutes: 0.03, starts: [1, 1] },
  {
    name: 'writes garbage once, between pictures',
    platform: 'vc4',
    standIn: { GARBAGE_AT: '3' },
    minutes: 0.05,
    starts: [1, 1],
  },
  {
    name: 'writes garbage once, between tags',
    platform: 'pisp',
    standIn: { GARBAGE_AT: '3' },
    starts: backOff,
    reason: /impossible length|damaged|not FLV/,
  },
  {
    name: 'writes nothing but garbage',
    platform: 'vc4',
    standIn: { GARBAGE_FROM: '0' },
    minutes: 0.5,
    silenceMs: 2000,
    starts: [2, 4],
    reason: /^No picture is in what it writes/,
  },
  {
    name: 'writes nothing but garbage',
    platform: 'pisp',
    standIn: { GARBAGE_FROM: '0' },
    starts: backOff,
    reason: /impossible length|damaged|not FLV/,
  },
];

interface Outcome {
  readonly states: readonly CameraState[];
  readonly counters: CameraCounters;
  readonly alive: readonly number[];
  readonly fifoIsLeft: boolean;
}

/** Runs a camera with the fault for its simulated minutes: what the supervisor only waits for is skipped. */
async function run(fault: Fault, platform: Platform): Promise<Outcome> {
  const program = makeProgram({
    everyTime: true,
    standIn: { ...fault.standIn, PLATFORM: platform, CAMERAS: fault.standIn.CAMERAS ?? '1' },
  });
  const clock = new SkippingClock();
  const states: CameraState[] = [];
  const folder = temporaryFolder();
  const { pipeline, close } = realPipeline({
    settings: cameraSettings({ program: program.path, linger: 0 }),
    folder,
    deviceNames: videoDevices(platform),
    clock,
    onState: (state) => states.push(state),
  });
  const unsubscribe = pipeline.feed.subscribe({ accessUnit: () => undefined, state: () => undefined });
  const endUs = clock.nowUs() + (fault.minutes ?? 2) * 60_000_000;
  const step = stepper(fault, clock, program, states);
  while (clock.nowUs() < endUs && states.at(-1)?.state !== 'failed') {
    step();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { counters } = pipeline;
  unsubscribe();
  const closed = close();
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 200))]);
  clock.skip(2600);
  await closed;
  return {
    states,
    counters,
    alive: program.runs().filter(isAlive),
    fifoIsLeft: existsSync(join(folder, 'run', 'garden.pts')),
  };
}

/** Skips what is only waited for: a retry; or silence, once the process is where it falls silent. */
function stepper(
  fault: Fault,
  clock: SkippingClock,
  program: TestProgram,
  states: readonly CameraState[],
): () => void {
  const silentFrom = Number(fault.standIn.STALL_AT ?? fault.standIn.GARBAGE_FROM ?? -1) + 1;
  let silentRun = 0;
  let picturesBefore = 0;
  return () => {
    const state = states.at(-1);
    if (state?.state === 'recovering') clock.skip(Math.max(0, (state.retryAtUs - clock.nowUs()) / 1000 + 1));
    if (fault.silenceMs === undefined || state?.state === 'recovering') return;
    const runs = program.runs();
    if (runs.length > silentRun) picturesBefore = program.pictures();
    silentRun = runs.length;
    const isSilent = runs.length > 0 && program.pictures() - picturesBefore >= silentFrom;
    if (isSilent) clock.skip(fault.silenceMs / 20);
  };
}

const limited = limiter(5);
const outcomes = new Map<string, Promise<Outcome>>();
const cases = faults.flatMap((fault) =>
  (fault.platform === undefined ? (['vc4', 'pisp'] as const) : [fault.platform]).map((platform) => ({
    title: `on ${platform} a program that ${fault.name}`,
    fault,
    platform,
  })),
);

beforeAll(() => {
  for (const { title, fault, platform } of cases) {
    const outcome = limited(() => run(fault, platform));
    outcome.catch(() => undefined);
    outcomes.set(title, outcome);
  }
});

afterAll(() => Promise.allSettled(outcomes.values()));

describe('real processes with the faults of the stand-in', () => {
  test.each(cases)(
    '$title',
    async ({ title, fault }) => {
      const outcome = await outcomes.get(title);
      if (!outcome) throw new Error('not run');
      const { states, counters, alive, fifoIsLeft } = outcome;
      const trouble = states.findLast((state) => state.state === 'recovering' || state.state === 'failed');
      if (fault.reason === undefined) {
        expect(trouble).toBeUndefined();
        expect(counters.pictures).toBeGreaterThan(5);
      } else {
        expect(trouble).toMatchObject({
          state: fault.ends ?? 'recovering',
          reason: expect.stringMatching(fault.reason),
          remedy: expect.stringMatching(fault.remedy ?? /\w/),
        });
      }
      expect(counters.starts).toBeGreaterThanOrEqual(fault.starts[0]);
      expect(counters.starts).toBeLessThanOrEqual(fault.starts[1]);
      expect({ alive, fifoIsLeft }).toEqual({ alive: [], fifoIsLeft: false });
    },
    300_000,
  );
});

/** A process that signals do not reach, as one in a driver (state D). */
function deaf(camera: RunningCamera): RunningCamera {
  const { pid, stdout, ended } = camera;
  return {
    ...{ pid, stdout, ended },
    forgetLines: () => camera.forgetLines(),
    abandon: () => camera.abandon(),
    signal: () => undefined,
  };
}

test('a process that not even SIGKILL ends: none is started beside it, and its end is noticed', async () => {
  const program = makeProgram({ standIn: { STALL_AT: '2' } });
  const clock = new SkippingClock();
  const states: CameraState[] = [];
  const settings = cameraSettings({ program: program.path });
  const deviceNames = videoDevices('pisp');
  const { pipeline, host, close } = realPipeline({
    settings,
    folder: temporaryFolder(),
    deviceNames,
    clock,
    onState: (state) => states.push(state),
    host: { launch: (...start) => deaf(host.launch(...start)) },
  });
  const named = (name: CameraState['state']): CameraState[] => states.filter(({ state }) => state === name);
  const until = async (holds: () => boolean, skipMs = 0): Promise<void> => {
    const deadline = performance.now() + 20_000;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(JSON.stringify(states));
      clock.skip(skipMs);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  pipeline.feed.subscribe({ accessUnit: () => undefined, state: () => undefined });
  await until(() => named('streaming').length === 1);
  await until(() => named('failed').length === 1, 100);
  expect(named('failed')[0]).toMatchObject({ remedy: 'Restart the Raspberry Pi: sudo reboot' });
  clock.skip(600_000);
  expect(program.alive()).toHaveLength(1);
  expect(program.runs()).toHaveLength(1);

  process.kill(program.runs()[0] ?? 0, 'SIGKILL');
  await until(() => named('streaming').length === 2);
  expect(program.runs()).toHaveLength(2);
  process.kill(program.runs()[1] ?? 0, 'SIGKILL');
  await close();
}, 60_000);

test('what a program leaves behind may hold its pipes: it has ended all the same, and its words tell why', async () => {
  const body = `setsid sleep 60 & echo $! >> "$here/runs"; printf x; sleep 0.2
echo 'ERROR: *** failed to queue request ***' >&2; exit 255`;
  const program = makeProgram({ body });
  const states: CameraState[] = [];
  const { pipeline, close } = realPipeline({
    settings: cameraSettings({ program: program.path }),
    folder: temporaryFolder(),
    deviceNames: videoDevices('pisp'),
    onState: (state) => states.push(state),
  });
  pipeline.feed.subscribe({ accessUnit: () => undefined, state: () => undefined });
  const deadline = performance.now() + 15_000;
  while (!states.some(({ state }) => state === 'recovering') && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(states.find(({ state }) => state === 'recovering')).toMatchObject({
    reason: expect.stringContaining('failed to queue request'),
  });
  await close();
});
