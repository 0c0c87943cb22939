import { Worker } from 'node:worker_threads';
import { healthyMs, retryDelayMs } from '../shared/back-off.js';
import type { CameraState } from '../shared/camera-state.js';
import { systemClock } from '../shared/clock.js';
import { wait, within } from '../shared/wait.js';
import { closeLimitMs, type MediaListener, type MediaPlane, snapshotLimitMs } from './media-plane.js';
import type { MediaCommand, MediaConfiguration, MediaEvent, PostedSnapshot } from './messages.js';
import { ProcessSlots } from './process-slots.js';
import { Requests } from './requests.js';

/** Runs the media plane in a worker thread and starts it again, with back-off, when the thread dies. */
export function createWorkerMediaPlane(
  configuration: MediaConfiguration,
  listener: MediaListener,
): MediaPlane {
  return new WorkerMediaPlane(configuration, listener);
}

class WorkerMediaPlane implements MediaPlane {
  private readonly slots = new ProcessSlots();
  private readonly abort = new AbortController();
  private readonly killAll = (): void => this.slots.killAll();
  private readonly finished: Promise<void>;
  private readonly snapshots = new Requests<PostedSnapshot>(systemClock, snapshotLimitMs);
  private worker: Worker | undefined;
  /** Cameras that are on, or try to be. */
  private readonly running = new Set<string>();

  constructor(
    private readonly configuration: MediaConfiguration,
    private readonly listener: MediaListener,
  ) {
    process.once('exit', this.killAll);
    this.finished = this.run().catch((error: unknown) => {
      listener({
        type: 'log',
        level: 'error',
        message: `The media worker cannot be started: ${String(error)}`,
      });
    });
  }

  async snapshot(cameraId: string): Promise<PostedSnapshot | undefined> {
    if (!this.worker) return undefined;
    return this.snapshots.ask((request) => this.send({ type: 'snapshot', request, cameraId }));
  }

  async close(): Promise<void> {
    this.abort.abort();
    this.snapshots.abandon();
    this.send({ type: 'close' });
    await within(systemClock, closeLimitMs, this.finished);
    await this.worker?.terminate();
    this.slots.killAll();
    process.removeListener('exit', this.killAll);
  }

  private async run(): Promise<void> {
    let failures = 0;
    let delayMs: number;
    do {
      const startedUs = systemClock.nowUs();
      const reason = await this.runWorker();
      this.slots.killAll();
      this.slots.clear();
      if (this.abort.signal.aborted) return;
      failures = (systemClock.nowUs() - startedUs) / 1000 >= healthyMs ? 1 : failures + 1;
      delayMs = retryDelayMs(failures, Math.random());
      const seconds = (delayMs / 1000).toFixed(1);
      this.tellCameras(reason, delayMs);
      this.listener({ type: 'log', level: 'error', message: `${reason} Starting it again in ${seconds} s.` });
    } while (await wait(systemClock, delayMs, this.abort.signal));
  }

  private note(cameraId: string, state: CameraState['state']): void {
    if (state === 'stopped') this.running.delete(cameraId);
    else this.running.add(cameraId);
  }

  /** Nobody else is left to say it: the cameras went with the worker. */
  private tellCameras(reason: string, delayMs: number): void {
    const retryAtUs = systemClock.nowUs() + delayMs * 1000;
    for (const { id, fault } of this.configuration.cameras) {
      if (fault !== undefined || !this.running.has(id)) continue;
      const state = { state: 'recovering', reason, remedy: '', retryAtUs } as const;
      this.listener({ type: 'cameraState', cameraId: id, state });
    }
  }

  /** @returns why the worker ended */
  private runWorker(): Promise<string> {
    return new Promise((resolve) => {
      let reason = 'The media worker ended.';
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: { memory: this.slots.memory },
        name: 'homebridge-libcamera',
        // The FIFO's descriptor is opened by one module and closed by another: Node would think it open still, and close
        // whatever has its number when the worker ends.
        trackUnmanagedFds: false,
      });
      this.worker = worker;
      worker.on('message', (event: MediaEvent) => {
        if (event.type === 'closed') void worker.terminate();
        else if (event.type === 'snapshot') this.snapshots.answer(event.request, event.snapshot);
        else {
          if (event.type === 'cameraState') this.note(event.cameraId, event.state.state);
          this.listener(event);
        }
      });
      worker.on('error', (error) => (reason = `The media worker failed: ${error.message}.`));
      worker.once('exit', () => {
        this.worker = undefined;
        this.snapshots.abandon();
        resolve(reason);
      });
      this.send({ type: 'start', configuration: this.configuration });
    });
  }

  private send(command: MediaCommand): void {
    this.worker?.postMessage(command);
  }
}
