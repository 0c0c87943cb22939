import { expect, test } from '@jest/globals';
import { judge, type Progress, type Verdict } from '../../src/camera/watchdog.js';

const second = 1_000_000;

test.each<[string, Partial<Progress>, atMs: number, Verdict]>([
  ['it has just started', {}, 0, { verdict: 'wait', ms: 3000 }],
  ['it takes long to start', {}, 19_000, { verdict: 'wait', ms: 1000 }],
  ['it never starts', {}, 20_000, { verdict: 'neverStarted' }],
  ['pictures come', { lastByteUs: 5 * second }, 5033, { verdict: 'wait', ms: 2967 }],
  ['pictures have stopped', { lastByteUs: 5 * second }, 8000, { verdict: 'stalled' }],
  [
    'one picture in two seconds',
    { lastByteUs: 5 * second, framerate: 0.5 },
    24_000,
    { verdict: 'wait', ms: 1000 },
  ],
  ['ten of those missed', { lastByteUs: 5 * second, framerate: 0.5 }, 25_000, { verdict: 'stalled' }],
  [
    'the sensor is being restarted',
    { lastByteUs: 5 * second, timeouts: 1 },
    8000,
    { verdict: 'wait', ms: 1000 },
  ],
  [
    'it is being restarted for the third time',
    { lastByteUs: 5 * second, timeouts: 3 },
    8500,
    { verdict: 'wait', ms: 2500 },
  ],
  ['no word after the third time', { lastByteUs: 5 * second, timeouts: 3 }, 11_000, { verdict: 'stalled' }],
  ['the fourth time', { lastByteUs: 5 * second, timeouts: 4 }, 9000, { verdict: 'timeoutLoop' }],
  ['the fourth time before the first picture', { timeouts: 4 }, 5000, { verdict: 'timeoutLoop' }],
])('%s', (_what, progress, atMs, verdict) => {
  const usual: Progress = { startedUs: 0, lastByteUs: undefined, timeouts: 0, framerate: 30 };
  expect(judge({ ...usual, ...progress }, atMs * 1000)).toEqual(verdict);
});
