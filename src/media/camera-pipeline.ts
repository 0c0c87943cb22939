import type { CameraHost } from '../camera/camera-host.js';
import { Supervisor } from '../camera/supervisor.js';
import type { CameraSettings } from '../config/settings.js';
import type { CameraCounters } from '../shared/camera-counters.js';
import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import { Snapshots } from '../snapshot/snapshots.js';
import { FrameAssembler } from '../video/frame-assembler.js';
import { LiveFeed } from '../video/live-feed.js';

export interface CameraPipelineOptions {
  readonly settings: CameraSettings;
  readonly host: CameraHost;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes a JPEG of a key frame. */
  readonly encode: (keyFrame: Buffer) => Promise<Buffer>;
  readonly onState: (state: CameraState) => void;
}

/** One camera from its process to its live feed. */
export class CameraPipeline {
  readonly feed: LiveFeed;
  readonly snapshots: Snapshots;
  private readonly supervisor: Supervisor;
  private readonly assembler: FrameAssembler;

  constructor(private readonly options: CameraPipelineOptions) {
    const { settings, host, clock, log, encode } = options;
    const source = { start: () => this.supervisor.start(), stop: () => void this.supervisor.stop() };
    this.feed = new LiveFeed({
      mode: settings.mode,
      lingerMs: settings.linger * 1000,
      source: settings.fault === undefined ? source : { start: () => undefined, stop: () => undefined },
      clock,
    });
    this.assembler = new FrameAssembler({
      ...settings,
      clock,
      log,
      nextTurn: setImmediate,
      onAccessUnit: (unit) => this.feed.publish(unit),
      onUnreadable: (reason) => this.supervisor.replaceProcess(reason),
    });
    this.snapshots = new Snapshots({
      feed: this.feed,
      clock,
      log,
      intervalMs: settings.snapshotInterval * 1000,
      encode,
    });
    this.supervisor = new Supervisor({
      settings,
      clock,
      log,
      random: Math.random,
      host,
      listener: {
        started: (frameEnd, reorders) => this.assembler.begin(frameEnd, reorders),
        bytes: (chunk) => this.assembler.bytes(chunk),
        ptsBytes: (chunk) => this.assembler.ptsBytes(chunk),
        state: (state) => {
          this.feed.setState(state);
          options.onState(state);
        },
      },
    });
  }

  get counters(): CameraCounters {
    return { ...this.supervisor.counters, ...this.assembler.counters };
  }

  /** Starts a camera that is always on, or says why it stays off. */
  open(): void {
    const { fault } = this.options.settings;
    if (fault === undefined) this.feed.open();
    else
      this.feed.setState({
        state: 'failed',
        reason: fault,
        remedy: 'Correct the configuration and restart the plugin.',
      });
  }

  /** Ends the feed and waits until no camera process is left; safe to call twice. */
  async close(): Promise<void> {
    this.snapshots.close();
    this.feed.close();
    this.assembler.close();
    await this.supervisor.stop();
    this.supervisor.close();
  }
}
