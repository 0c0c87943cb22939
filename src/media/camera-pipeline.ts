import { Supervisor } from '../camera/supervisor.js';
import type { CameraSettings } from '../config/settings.js';
import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { ProcessRegistry } from '../shared/spawn-bound.js';
import type { Log } from '../shared/log.js';
import { encodeJpeg } from '../snapshot/jpeg-encoder.js';
import { Snapshots } from '../snapshot/snapshots.js';
import { FrameAssembler } from '../video/frame-assembler.js';
import { LiveFeed } from '../video/live-feed.js';

export interface CameraPipelineOptions {
  readonly settings: CameraSettings;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly log: Log;
  readonly runFolder: string;
  readonly deviceNames: string;
  readonly ffmpegPath: string | undefined;
  readonly onState: (state: CameraState) => void;
}

/** One camera from its process to its live feed. */
export class CameraPipeline {
  readonly feed: LiveFeed;
  readonly snapshots: Snapshots;
  private readonly supervisor: Supervisor;
  private readonly assembler: FrameAssembler;

  constructor(private readonly options: CameraPipelineOptions) {
    const { settings, clock, log, registry } = options;
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
      encode: (keyFrame) =>
        encodeJpeg(keyFrame, { ffmpegPath: options.ffmpegPath, environment: process.env, registry, clock }),
    });
    this.supervisor = new Supervisor({
      settings,
      registry,
      clock,
      log,
      environment: process.env,
      deviceNames: options.deviceNames,
      ptsFifo: `${options.runFolder}/${settings.id}.pts`,
      random: Math.random,
      listener: {
        started: (frameEnd) => this.assembler.begin(frameEnd),
        bytes: (chunk) => this.assembler.bytes(chunk),
        ptsBytes: (chunk) => this.assembler.ptsBytes(chunk),
        state: (state) => {
          this.feed.setState(state);
          options.onState(state);
        },
      },
    });
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
  }
}
