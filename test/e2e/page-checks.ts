import { expect } from '@jest/globals';
import type { Page } from 'puppeteer-core';
import { readCounter } from '../camera-stand-in/counter.js';
import type { Platform } from '../demo/environment.js';
import { readFrameCounters } from '../support/browser.js';
import { clipLength } from './stream-checks.js';

const watchMs = 3000;

/** Watches a page's video: its pictures go forward through the clip, a third of real time at least. */
export async function expectPicturesAdvance(page: Page, platform: Platform): Promise<void> {
  const counters = await readFrameCounters(page, watchMs, readCounter);
  const length = clipLength(platform);
  const steps = counters.slice(1).map((counter, i) => (counter - (counters[i] ?? 0) + length) % length);
  const backward = steps.filter((step) => step > length / 2);
  const pictures = steps.reduce((sum, step) => sum + step, 0);
  expect({ counters, backward }).toEqual({ counters, backward: [] });
  expect({ counters, enough: pictures > watchMs / 100 }).toEqual({ counters, enough: true });
}
