import { once } from 'node:events';
import type { CameraPipeline } from '../src/media/camera-pipeline.js';
import { systemClock } from '../src/shared/clock.js';
import { benchPipeline } from './pipeline.js';
import type { Figures } from './scenario.js';
import { BenchCamera } from './stand-in.js';
import { median, quantile } from './statistics.js';

/** ms that one request took. */
async function timed(pipeline: CameraPipeline): Promise<number> {
  const begunUs = systemClock.nowUs();
  const { shows } = await pipeline.snapshots.take();
  if (shows !== 'picture') throw new Error(`no picture, but ${shows}: is ffmpeg installed?`);
  return (systemClock.nowUs() - begunUs) / 1000;
}

async function withCamera(measure: (pipeline: CameraPipeline) => Promise<number[]>): Promise<Figures> {
  const camera = new BenchCamera('vc4');
  const pipeline = benchPipeline(camera);
  try {
    const ms = await measure(pipeline);
    return { medianMs: median(ms), p99Ms: quantile(ms, 0.99) };
  } finally {
    await pipeline.close();
    camera.close();
  }
}

/** The camera is off: start it, wait for an IDR, make the picture. */
export function firstSnapshot(): Promise<Figures> {
  return withCamera(async (pipeline) => [await timed(pipeline)]);
}

/** A picture is at hand. */
export function snapshotFromMemory(): Promise<Figures> {
  return withCamera(async (pipeline) => {
    await timed(pipeline);
    const delays: number[] = [];
    for (let i = 0; i < 100; i += 1) delays.push(await timed(pipeline));
    return delays;
  });
}

/** The camera streams and nothing is at hand: four ask at once, and one ffmpeg serves them. */
export function fourSnapshots(): Promise<Figures> {
  return withCamera(async (pipeline) => {
    const events = new EventTarget();
    pipeline.feed.subscribe({
      accessUnit: () => events.dispatchEvent(new Event('picture')),
      state: () => undefined,
    });
    await once(events, 'picture');
    return Promise.all([timed(pipeline), timed(pipeline), timed(pipeline), timed(pipeline)]);
  });
}
