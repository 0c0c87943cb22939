import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { CameraCounters } from '../shared/camera-counters.js';
import type { StreamFigures } from '../video/stream-meter.js';
import type { CameraTotals } from './totals.js';
import type { Viewer, ViewerStats } from './viewer.js';
import type { RelayCamera } from './viewer.js';

/** The answer of `/<id>/stats.json` (docs/protocol.md). */
export interface CameraStats {
  readonly camera: { readonly id: string; readonly name: string } & CameraState &
    CameraCounters &
    Partial<StreamFigures>;
  /** The viewers there are. */
  readonly viewers: readonly ViewerStats[];
  /** Sums over all viewers there were. */
  readonly totals: CameraTotals;
  readonly worker: WorkerFigures;
}

export interface WorkerFigures {
  /** How late the worker's event loop was over the last minute or so, in seconds. */
  readonly eventLoopDelay: { readonly median: number; readonly p99: number; readonly max: number };
}

const resolutionMs = 10;
/** Figures older than this say nothing of now. */
const freshUs = 60_000_000;

/** Measures how late the event loop of this thread is, once somebody has asked: it wakes the thread 100 times a second. */
export class LoopDelay {
  private readonly histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  private sinceUs: number;

  constructor(private readonly clock: Clock) {
    this.sinceUs = clock.nowUs();
  }

  figures(): WorkerFigures['eventLoopDelay'] {
    const { histogram } = this;
    histogram.enable();
    // It measures from one look to the next, which includes the pause between them.
    const seconds = (nanoseconds: number): number =>
      histogram.count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000);
    const figures = {
      median: seconds(histogram.percentile(50)),
      p99: seconds(histogram.percentile(99)),
      max: seconds(histogram.max),
    };
    const nowUs = this.clock.nowUs();
    if (nowUs - this.sinceUs > freshUs) {
      histogram.reset();
      this.sinceUs = nowUs;
    }
    return figures;
  }

  close(): void {
    this.histogram.disable();
  }
}

export function cameraStats(
  camera: RelayCamera,
  viewers: readonly Viewer[],
  worker: WorkerFigures,
  nowUs: number,
): CameraStats {
  const { id, name, feed, totals } = camera;
  return {
    camera: { id, name, ...feed.state, ...camera.counters(), ...feed.meter.figures(nowUs) },
    viewers: viewers.map((viewer) => viewer.stats(nowUs)),
    totals,
    worker,
  };
}
