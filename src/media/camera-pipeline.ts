import type { ProcessRegistry } from '../camera/spawn-bound.js';
import { Supervisor } from '../camera/supervisor.js';
import type { CameraSettings } from '../config/settings.js';
import type { CameraState } from '../shared/camera-state.js';
import type { Clock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import { FrameAssembler } from '../video/frame-assembler.js';
import { LiveFeed } from '../video/live-feed.js';

export interface CameraPipelineOptions {
  readonly settings: CameraSettings;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly log: Log;
  readonly runFolder: string;
  readonly deviceNames: string;
  readonly onState: (state: CameraState) => void;
}

/** One camera from its process to its live feed. */
export class CameraPipeline {
  readonly feed: LiveFeed;
  private readonly supervisor: Supervisor;
  private readonly assembler: FrameAssembler;

  constructor(options: CameraPipelineOptions) {
    const { settings, clock, log, registry } = options;
    this.feed = new LiveFeed({
      mode: settings.mode,
      lingerMs: settings.linger * 1000,
      source: { start: () => this.supervisor.start(), stop: () => void this.supervisor.stop() },
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

  /** Ends the feed and waits until no camera process is left; safe to call twice. */
  async close(): Promise<void> {
    this.feed.close();
    this.assembler.close();
    await this.supervisor.stop();
  }
}
