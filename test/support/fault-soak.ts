/**
 * A program: one camera with a stand-in that breaks in many ways, one after the other, and a watcher. Prints what is left
 * of it as JSON ({@link SoakResult}). `node --expose-gc fault-soak.js <platform> <faults> <seed>`
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../src/config/read-settings.js';
import type { CameraSettings } from '../../src/config/settings.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { cameraStandIn } from '../setup/paths.js';
import { isZombie, processStat } from '../../src/shared/proc.js';
import { seededRandom } from './random.js';
import { realPipeline } from './real-pipeline.js';
import { SkippingClock } from './skipping-clock.js';

export interface SoakResult {
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** Processes of the camera program that were started. */
  readonly starts: number;
  /** Of the 30 pictures collected in the end, those that ffmpeg decoded, and what it complained about. */
  readonly decoded: number;
  readonly complaints: string;
  readonly before: Leftovers;
  readonly after: Leftovers;
  /** MiB of heap after a collection, sampled evenly over the faults. */
  readonly heapMiB: readonly number[];
  /** Pictures that did not follow in time or sequence. */
  readonly disorder: number;
}

export interface Leftovers {
  readonly descriptors: number;
  readonly fifos: number;
  readonly timers: number;
  readonly processes: number;
}

const samples = 8;
/** After this long without the picture that must come the run has failed. */
const patienceMs = 60_000;

const [platform = 'vc4', faultCount = '20', seed = '1'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));

const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-soak-'));
const faultFile = join(folder, 'fault');
const pidFile = join(folder, 'pid');
const devices = join(folder, 'devices');
mkdirSync(join(devices, 'video0'), { recursive: true });
writeFileSync(join(devices, 'video0', 'name'), platform === 'vc4' ? 'bcm2835-isp-output0' : 'pispbe-input');
const program = join(folder, 'rpicam-vid');
writeFileSync(
  program,
  `#!/bin/sh
export CAMERA_STAND_IN_NODE='${process.execPath}' CAMERA_STAND_IN_PLATFORM=${platform}
case "$1" in --*p | --*n) exec '${cameraStandIn}' "$@";; esac
echo $$ > '${pidFile}'
. '${faultFile}'
: > '${faultFile}'
exec '${cameraStandIn}' "$@"
`,
  { mode: 0o755 },
);
const clearFault = (): void => writeFileSync(faultFile, '');
clearFault();

const clock = new SkippingClock();
const quiet = (): void => undefined;
const [camera] = readSettings({ cameras: [{ name: 'Soak', program, linger: 0 }] }).cameras;
const settings = { ...(camera as CameraSettings), id: 'soak' };
const { pipeline, close } = realPipeline({ settings, folder, deviceNames: devices, clock });

let pictures = 0;
let disorder = 0;
let last: AccessUnit | undefined;
let kept: AccessUnit[] | undefined;
function watch(): () => void {
  // What came while nobody watched is not missing.
  last = undefined;
  return pipeline.feed.subscribe({
    accessUnit(unit) {
      pictures += 1;
      if (last && (unit.sequence !== last.sequence + 1 || unit.timestampUs <= last.timestampUs))
        disorder += 1;
      last = unit;
      if (kept && (kept.length > 0 || unit.key)) kept.push(unit);
    },
    state: quiet,
  });
}

/** Waits for a fact; whatever the supervisor only waits for is skipped. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const begunMs = performance.now();
  while (!holds()) {
    if (performance.now() - begunMs > patienceMs)
      throw new Error(`${what} did not come: ${JSON.stringify(pipeline.feed.state)}`);
    const { state } = pipeline.feed;
    if (state.state === 'recovering') clock.skip(Math.max(0, (state.retryAtUs - clock.nowUs()) / 1000) + 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const morePictures = (count: number): Promise<void> => {
  const goal = pictures + count;
  return until(`picture ${count} more`, () => pictures >= goal);
};
const pid = (): number => Number(readFileSync(pidFile, 'utf8'));
/** The same process, or the one that takes its place, streams. */
const restarted = async (old: number): Promise<void> => {
  await until('another process', () => pid() !== old);
  await morePictures(3);
};

function signal(name: NodeJS.Signals): void {
  try {
    process.kill(pid(), name);
  } catch {
    // It has ended by itself.
  }
}

/** Ends the running process; the next one has this fault. */
async function nextHas(variables: Readonly<Record<string, number>>): Promise<number> {
  const lines = Object.entries(variables).map(([name, value]) => `export CAMERA_STAND_IN_${name}=${value}`);
  writeFileSync(faultFile, `${lines.join('\n')}\n`);
  const old = pid();
  signal('SIGKILL');
  await until('the process with the fault', () => pid() !== old && readFileSync(faultFile, 'utf8') === '');
  return pid();
}

let unwatch = watch();

const faults: Readonly<Record<string, () => Promise<void>>> = {
  async killed() {
    const old = pid();
    signal('SIGKILL');
    await restarted(old);
  },
  async crashes() {
    await restarted(await nextHas({ CRASH_AT: whole(0, 20) }));
  },
  async stalls() {
    const old = pid();
    signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    clock.skip(3100);
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.skip(2600);
    await restarted(old);
  },
  async isSlow() {
    signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, whole(50, 600)));
    signal('SIGCONT');
    await morePictures(5);
  },
  async pausesWithinPictures() {
    await nextHas({ PAUSE_AT: whole(1, 10), PAUSE_EVERY: 7, PAUSE_MS: 50 });
    await morePictures(20);
  },
  async writesGarbage() {
    await nextHas({ GARBAGE_AT: whole(1, 20) });
    await morePictures(25);
  },
  async timesOutOnce() {
    await nextHas({ TIMEOUT_AT: whole(1, 10), TIMEOUTS: 1 });
    await morePictures(15);
  },
  async jumpsInTime() {
    await nextHas({
      CLOCK_JUMP_AT: whole(2, 10),
      CLOCK_JUMP_MS: platform === 'vc4' ? -3_600_000 : 3_600_000,
    });
    await morePictures(15);
  },
  async ignoresInterrupts() {
    await nextHas({ IGNORE_SIGINT: 1 });
    await morePictures(3);
    const old = pid();
    unwatch();
    clock.skip(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    clock.skip(2600);
    unwatch = watch();
    await restarted(old);
  },
  async losesItsViewers() {
    const old = pid();
    unwatch();
    clock.skip(1);
    unwatch = watch();
    await restarted(old);
  },
};

function leftovers(): Leftovers {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    fifos: readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.pts')).length,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length + clock.pending,
    processes: started.filter(isAlive).length,
  };
}

const started: number[] = [];
function isAlive(id: number): boolean {
  const stat = processStat(id);
  return stat !== undefined && !isZombie(stat);
}

async function restUntil(holds: () => boolean): Promise<void> {
  await until('rest', holds);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

async function stopWatching(): Promise<void> {
  unwatch();
  clock.skip(1);
  await restUntil(() => pipeline.feed.state.state === 'stopped');
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function decode(units: readonly AccessUnit[]): { decoded: number; complaints: string } {
  const { stdout, stderr } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'],
    { input: Buffer.concat(units.map(({ data }) => data)), encoding: 'utf8' },
  );
  return { decoded: stdout.split('\n').filter((line) => /^\d/.test(line)).length, complaints: stderr };
}

try {
  await morePictures(3);
  await stopWatching();
  const before = leftovers();
  unwatch = watch();
  await morePictures(3);

  const struck: Record<string, number> = {};
  const heap: number[] = [];
  const names = Object.keys(faults);
  const every = Math.max(1, Math.floor(Number(faultCount) / samples));
  for (let i = 0; i < Number(faultCount); i += 1) {
    const name = names[whole(0, names.length - 1)] ?? '';
    struck[name] = (struck[name] ?? 0) + 1;
    started.push(pid());
    await faults[name]?.();
    if (i % every === every - 1) heap.push(heapMiB());
  }
  started.push(pid());
  kept = [];
  await until('30 pictures', () => (kept?.length ?? 0) >= 30);
  const collected = kept.slice(0, 30);
  kept = undefined;
  await stopWatching();
  const result: SoakResult = {
    faults: struck,
    starts: pipeline.counters.starts,
    ...decode(collected),
    before,
    after: leftovers(),
    heapMiB: heap,
    disorder,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await close();
  rmSync(folder, { recursive: true, force: true });
}
