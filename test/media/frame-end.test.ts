import { expect, test } from '@jest/globals';
import type { CameraHost } from '../../src/camera/camera-host.js';
import type { CameraCounters } from '../../src/shared/camera-counters.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { compareWithClip } from '../e2e/stream-checks.js';
import { makeProgram, videoDevices } from '../support/camera-program.js';
import { cameraSettings } from '../support/camera-settings.js';
import { realPipeline } from '../support/real-pipeline.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

/** The writer is descheduled in the middle of a picture, again and again. */
const pauses = { PAUSE_AT: '5', PAUSE_EVERY: '7', PAUSE_MS: '50' };
const noFifo: Partial<CameraHost> = { openFifo: () => Promise.resolve(undefined) };

interface Stream {
  readonly units: readonly AccessUnit[];
  readonly counters: CameraCounters;
  readonly log: readonly string[];
}

async function stream(
  platform: 'vc4' | 'pisp',
  standIn: Readonly<Record<string, string>>,
  pictures: number,
  host: Partial<CameraHost> = {},
): Promise<Stream> {
  const program = makeProgram({ standIn: { ...standIn, PLATFORM: platform } });
  const settings = cameraSettings({ program: program.path });
  const log: string[] = [];
  const { pipeline, close } = realPipeline({
    settings,
    folder: temporaryFolder(),
    deviceNames: videoDevices(platform),
    host,
    log: (level, message) => log.push(`${level}: ${message}`),
  });
  const units: AccessUnit[] = [];
  const unsubscribe = pipeline.feed.subscribe({
    accessUnit: (unit) => units.push(unit),
    state: () => undefined,
  });
  try {
    await until(
      () => units.length >= pictures,
      () => `${pictures} pictures: ${log.join('\n')}`,
      20_000,
    );
    return { units: [...units], counters: pipeline.counters, log };
  } finally {
    unsubscribe();
    await close();
  }
}

test.each([
  ['vc4', 'pts'],
  ['pisp', 'flv'],
] as const)('on %s no picture is handed out before it is whole', async (platform, frameEnd) => {
  const { units, counters } = await stream(platform, pauses, 90);
  expect(compareWithClip(units, platform)).toEqual({ faults: [], restarts: [] });
  expect(units.map(({ sequence }) => sequence)).toEqual(units.map((_, i) => i));
  expect(counters).toMatchObject({ frameEnd, losses: 0, starts: 1, failures: 0 });
});

test('where only a pause tells, one that lies inside a picture is counted and repaired at the next key frame', async () => {
  const { units, counters, log } = await stream('vc4', { ...pauses, PAUSE_EVERY: '1000' }, 90, noFifo);
  // On a busy machine there may be pauses nobody asked for.
  expect(counters.losses).toBeGreaterThanOrEqual(1);
  expect(counters).toMatchObject({ failures: 0, starts: 1 });
  const repairs = units.filter(({ discontinuity }) => discontinuity);
  expect(repairs.length).toBeGreaterThanOrEqual(1);
  expect(repairs.length).toBeLessThanOrEqual(counters.losses);
  expect(repairs.every(({ key }) => key)).toBe(true);
  // Each loss spoils one picture: the one that was cut.
  const { faults } = compareWithClip(units, 'vc4');
  expect(faults.filter((fault) => fault.includes('no picture of the clip')).length).toBeLessThanOrEqual(
    counters.losses,
  );
  expect(log.filter((line) => line.startsWith('warn')).length).toBeGreaterThanOrEqual(1);
});

test('where pauses lie inside pictures again and again, they are not believed any more', async () => {
  const { units, counters, log } = await stream('vc4', { ...pauses, PAUSE_EVERY: '11' }, 200, noFifo);
  expect(counters).toMatchObject({ frameEnd: 'startCode', losses: 3, failures: 0 });
  const lastLoss = units.findLastIndex(({ discontinuity }) => discontinuity);
  expect(units.length - lastLoss).toBeGreaterThan(60);
  expect(compareWithClip(units.slice(lastLoss), 'vc4').faults).toEqual([]);
  expect(log.join('\n')).toContain('pauses in the middle of pictures');
});

test.each(['vc4', 'pisp'] as const)(
  'on %s a key frame of several encoder buffers stays one',
  async (platform) => {
    const { units, counters } = await stream(platform, { BIG_KEY_FRAMES: '1' }, 70);
    const keys = units.filter(({ key }) => key);
    expect(keys.length).toBeGreaterThanOrEqual(2);
    for (const { data } of keys) expect(data.length).toBeGreaterThan(1024 * 1024);
    expect(compareWithClip(units, platform).faults).toEqual([]);
    expect(counters.losses).toBe(0);
    const steps = units.slice(1).map(({ durationUs }) => durationUs);
    expect(Math.max(...steps)).toBeLessThan(1_000_000);
  },
);

test('the timestamps of FLV wrap after 24.9 days, and nobody notices', async () => {
  const { units, counters } = await stream('pisp', { CLOCK_START_MS: String(2 ** 31 - 1000) }, 75);
  expect(compareWithClip(units, 'pisp').faults).toEqual([]);
  const steps = units.slice(2).map(({ durationUs }) => durationUs);
  // Of 33.3 ms, in whole milliseconds; a machine that is busy shifts some of them.
  expect(steps.filter((us) => us >= 30_000 && us <= 37_000).length).toBeGreaterThan(steps.length * 0.8);
  expect(Math.max(...steps)).toBeLessThan(1_000_000);
  // The clock of RTP, 90 kHz, goes on as the pictures do.
  const rtp = units.map(({ timestampUs }) => Math.round((timestampUs * 90) / 1000));
  expect(rtp.every((time, i) => i === 0 || time > (rtp[i - 1] ?? 0))).toBe(true);
  expect(counters).toMatchObject({ losses: 0, starts: 1 });
});

test.each([
  ['vc4', '-3600000'],
  ['vc4', '3600000'],
  ['pisp', '3600000'],
] as const)('on %s a jump of the clock by %s ms is absorbed', async (platform, ms) => {
  const { units, counters } = await stream(platform, { CLOCK_JUMP_AT: '20', CLOCK_JUMP_MS: ms }, 60);
  expect(compareWithClip(units, platform).faults).toEqual([]);
  const steps = units.map(({ durationUs }) => durationUs);
  expect(Math.min(...steps)).toBeGreaterThan(0);
  expect(Math.max(...steps)).toBeLessThan(1_000_000);
  expect(counters).toMatchObject({ losses: 0, starts: 1 });
});

test('where libav fails at a jump back, the camera is started again and the log says why', async () => {
  const standIn = { CLOCK_JUMP_AT: '20', CLOCK_JUMP_MS: '-3600000' };
  const { units, counters } = await stream('pisp', standIn, 60);
  expect(counters).toMatchObject({ starts: 2, failures: 1 });
  expect(compareWithClip(units, 'pisp').faults).toEqual([]);
  expect(units.filter(({ discontinuity }) => discontinuity)).toHaveLength(1);
});
