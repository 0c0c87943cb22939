import { expect, test } from '@jest/globals';
import {
  decideSnapshot,
  type SnapshotDecision,
  type SnapshotSituation,
} from '../../src/snapshot/snapshot-policy.js';

const resting = { camera: 'resting', running: false } as const;
const streaming = { camera: 'streaming', running: true } as const;
const trouble = { camera: 'trouble', running: true } as const;
const failed = { camera: 'failed', running: true } as const;

const cached: SnapshotDecision = { show: 'cached', capture: false };
const cachedAndNew: SnapshotDecision = { show: 'cached', capture: true };
const wait: SnapshotDecision = { show: 'wait', capture: true };
const none: SnapshotDecision = { show: 'none', capture: false };

test.each<[what: string, situation: Partial<SnapshotSituation>, decision: SnapshotDecision]>([
  ['streaming, nothing at hand: wait', { ...streaming }, wait],
  ['streaming, fresh', { ...streaming, ageMs: 10_000 }, cached],
  ['streaming, stale: shown, and a new one made', { ...streaming, ageMs: 10_001 }, cachedAndNew],
  ['streaming, stale to the end', { ...streaming, ageMs: 90_000 }, cachedAndNew],
  ['streaming, too old', { ...streaming, ageMs: 90_001 }, wait],
  ['streaming: however often', { ...streaming, ageMs: 11_000, startedAgoMs: 1 }, cachedAndNew],
  ['resting, never started: started', { ...resting }, wait],
  ['resting, fresh', { ...resting, ageMs: 9999, startedAgoMs: 9999 }, cached],
  [
    'resting, stale, started lately: not started again',
    { ...resting, ageMs: 59_000, startedAgoMs: 59_999 },
    cached,
  ],
  [
    'resting, stale, the interval has passed: started',
    { ...resting, ageMs: 59_000, startedAgoMs: 60_000 },
    cachedAndNew,
  ],
  ['resting, too old', { ...resting, ageMs: 91_000, startedAgoMs: 91_000 }, wait],
  ['resting, nothing came of the last start', { ...resting, startedAgoMs: 30_000 }, none],
  [
    'a long interval: the last picture is shown until the next start',
    { ...resting, ageMs: 250_000, startedAgoMs: 251_000, intervalMs: 300_000 },
    cached,
  ],
  [
    'a long interval, passed',
    { ...resting, ageMs: 299_000, startedAgoMs: 300_000, intervalMs: 300_000 },
    wait,
  ],
  [
    'streaming: a long interval makes no old picture pass for a new one',
    { ...streaming, ageMs: 250_000, intervalMs: 300_000 },
    wait,
  ],
  ['trouble, fresh', { ...trouble, ageMs: 10_000 }, cached],
  ['trouble, older than fresh: never as if it were new', { ...trouble, ageMs: 10_001 }, wait],
  ['trouble, off again', { ...trouble, running: false, ageMs: 10_001, startedAgoMs: 20_000 }, none],
  ['failed, fresh', { ...failed, ageMs: 10_000 }, cached],
  ['failed, older', { ...failed, ageMs: 10_001, startedAgoMs: 59_999 }, none],
  ['failed, nothing at hand: said at once, and tried', { ...failed }, { show: 'none', capture: true }],
  ['failed, tried lately', { ...failed, startedAgoMs: 59_999 }, none],
])('%s', (_, situation, decision) => {
  expect(
    decideSnapshot({
      ageMs: undefined,
      startedAgoMs: undefined,
      intervalMs: 60_000,
      ...resting,
      ...situation,
    }),
  ).toEqual(decision);
});
