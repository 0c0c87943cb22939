import { setTimeout as pause } from 'node:timers/promises';
import type { CameraHost } from '../src/camera/camera-host.js';
import { systemClock } from '../src/shared/clock.js';
import { benchPipeline } from './pipeline.js';
import type { Figures } from './scenario.js';
import { BenchCamera, type Platform } from './stand-in.js';
import { median, quantile } from './statistics.js';

/** Pictures at the beginning that do not count: code is not compiled yet. */
const warmUp = 30;
const seconds = 4;

/** A machine on which no timestamp lines can be had: a pause must tell where a picture ends. */
export const withoutFifo: Partial<CameraHost> = { openFifo: () => Promise.resolve(undefined) };

/** ms from the last byte of a picture written by the camera program to its access unit handed out in this process. */
export async function handOut(platform: Platform, host: Partial<CameraHost> = {}): Promise<Figures> {
  const camera = new BenchCamera(platform);
  const handedUs = new Map<number, number>();
  const pipeline = benchPipeline(camera, host);
  pipeline.feed.subscribe({
    accessUnit: ({ sequence }) => void handedUs.set(sequence, systemClock.nowUs()),
    state: () => undefined,
  });
  await camera.streams();
  await pause(seconds * 1000);
  await pipeline.close();
  const written = [...camera.writtenUs()].slice(warmUp, -5);
  camera.close();
  const ms = written.map(
    ([picture, us]) => ((handedUs.get(picture) ?? Number.POSITIVE_INFINITY) - us) / 1000,
  );
  return { medianMs: median(ms), p99Ms: quantile(ms, 0.99) };
}
