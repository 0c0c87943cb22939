import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '../../test/support/random.js';
import type { GroupReport, Target } from './messages.js';
import { Recorder, type References } from './recorder.js';
import { Viewer } from './viewer.js';

/** Viewers that compare every byte. */
const copying = 10;

/** Viewers whose pictures are counted together. */
export class Group {
  private readonly recorder: Recorder;
  private readonly viewers: Viewer[] = [];

  constructor(references: References, keepsTimes: boolean) {
    this.recorder = new Recorder(references, keepsTimes);
  }

  async watch(target: Target, count: number): Promise<void> {
    const added = Array.from({ length: count }, (_, i) => {
      const place = this.viewers.length + i;
      const { recorder } = this;
      return new Viewer({ target, recorder, isFirst: place === 0, copies: place < copying });
    });
    this.viewers.push(...added);
    await Promise.all(added.map((viewer) => viewer.open()));
  }

  throttle(bitsPerSecond: number): void {
    for (const viewer of this.viewers) viewer.throttle(bitsPerSecond);
  }

  async stall(seconds: number): Promise<void> {
    for (const viewer of this.viewers) viewer.stall();
    await pause(seconds * 1000);
    for (const viewer of this.viewers) viewer.resume();
  }

  /** Viewers come one after the other and leave with their first key frame. */
  async join(target: Target, count: number, meanGapMs: number, seed: number): Promise<void> {
    const random = seededRandom(seed);
    const all: Promise<void>[] = [];
    for (let i = 0; i < count; i += 1) {
      await pause(2 * meanGapMs * random());
      all.push(this.visit(target));
    }
    await Promise.all(all);
  }

  /** Viewers come and go, politely or not, and stall. */
  async churn(seconds: number, seed: number): Promise<void> {
    const random = seededRandom(seed);
    const endMs = performance.now() + seconds * 1000;
    const busy = new Map<Viewer, Promise<void>>();
    while (performance.now() < endMs) {
      await pause(1000 * random());
      const viewer = this.viewers[Math.floor(random() * this.viewers.length)];
      if (!viewer || busy.has(viewer)) continue;
      const task = random() < 0.5 ? away(viewer, random) : still(viewer, random);
      busy.set(
        viewer,
        task.then(() => void busy.delete(viewer)),
      );
    }
    await Promise.all(busy.values());
  }

  leave(): void {
    for (const viewer of this.viewers) viewer.leave();
  }

  report(): GroupReport {
    return this.recorder.report();
  }

  private visit(target: Target): Promise<void> {
    return new Promise((resolve) => {
      const viewer = new Viewer({
        target,
        recorder: this.recorder,
        isFirst: false,
        copies: false,
        onKey: () => {
          viewer.leave();
          resolve();
        },
      });
      void viewer.open();
    });
  }
}

/** Leaves and comes back. */
async function away(viewer: Viewer, random: () => number): Promise<void> {
  viewer.leave(random() < 0.5);
  await pause(3000 * random());
  await viewer.open();
}

/** Stops reading for a while. */
async function still(viewer: Viewer, random: () => number): Promise<void> {
  viewer.stall();
  await pause(8000 * random());
  viewer.resume();
}
