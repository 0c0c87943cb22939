import { describe, expect, test } from '@jest/globals';
import type { DiagnosisKind } from '../../src/camera/diagnosis.js';
import { nextStart, type Restart } from '../../src/camera/restart-policy.js';

const tenMinutesMs = 600_000;

test.each<[DiagnosisKind, failures: number, streamedMs: number, Restart]>([
  ['fatal-config', 0, 0, { restart: 'never' }],
  ['platform', 0, 3_600_000, { restart: 'later', delayMs: 60_000, failures: 1 }],
  ['install', 0, 0, { restart: 'later', delayMs: 60_000, failures: 1 }],
  ['install', 7, 0, { restart: 'later', delayMs: 60_000, failures: 8 }],
  ['transient', 0, 0, { restart: 'later', delayMs: 500, failures: 1 }],
  ['transient', 3, 0, { restart: 'later', delayMs: 4000, failures: 4 }],
  ['busy', 20, 0, { restart: 'later', delayMs: 60_000, failures: 21 }],
  ['hardware-missing', 20, 59_999, { restart: 'later', delayMs: 60_000, failures: 21 }],
  ['permission', 20, 60_000, { restart: 'later', delayMs: 500, failures: 1 }],
])('%s after %i failures and %i ms of pictures', (kind, failures, streamedMs, expected) => {
  expect(nextStart(kind, failures, streamedMs, 0.999_999)).toEqual(expected);
});

describe('starts in ten minutes of the same trouble', () => {
  test.each<[DiagnosisKind, random: number, starts: number]>([
    ['fatal-config', 0, 1],
    ['platform', 0, 11],
    ['install', 0, 11],
    ['transient', 0, 20],
    ['transient', 0.999_999, 16],
    ['busy', 0.5, 18],
  ])('%s', (kind, random, starts) => {
    let atMs = 0;
    let started = 0;
    for (let failures = 0; atMs <= tenMinutesMs;) {
      started += 1;
      const next = nextStart(kind, failures, 0, random);
      if (next.restart === 'never') break;
      atMs += next.delayMs;
      failures = next.failures;
    }
    expect(started).toBe(starts);
  });
});
