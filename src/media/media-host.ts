import { Relay } from '../relay/relay.js';
import { systemClock } from '../shared/clock.js';
import { CameraPipeline } from './camera-pipeline.js';
import type { MediaCommand, MediaConfiguration, MediaEvent } from './messages.js';
import type { ProcessSlots } from './process-slots.js';

/** The media plane itself: takes commands, runs cameras and relay, tells events. Knows nothing of threads. */
export class MediaHost {
  private cameras: CameraPipeline[] = [];
  private relay: Relay | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly slots: ProcessSlots,
    private readonly post: (event: MediaEvent) => void,
  ) {}

  handle(command: MediaCommand): void {
    if (command.type === 'start') this.start(command.configuration);
    else void this.close();
  }

  private start(configuration: MediaConfiguration): void {
    if (this.closing) return;
    const { relay, runFolder, deviceNames } = configuration;
    const cameras = configuration.cameras.map((settings) => {
      const pipeline = new CameraPipeline({
        settings,
        registry: this.slots,
        clock: systemClock,
        log: (level, message) => this.post({ type: 'log', level, cameraId: settings.id, message }),
        runFolder,
        deviceNames,
        onState: (state) => this.post({ type: 'cameraState', cameraId: settings.id, state }),
      });
      return { id: settings.id, name: settings.name, pipeline };
    });
    this.cameras = cameras.map(({ pipeline }) => pipeline);
    if (relay.enabled) {
      this.relay = new Relay({
        settings: relay,
        token: configuration.token,
        cameras: cameras.map(({ id, name, pipeline }) => ({ id, name, feed: pipeline.feed })),
        clock: systemClock,
        log: (level, message) => this.post({ type: 'log', level, message }),
        onState: (state) => this.post({ type: 'relayState', relay: state }),
      });
      this.relay.open();
    } else {
      this.post({ type: 'relayState', relay: { state: 'off' } });
    }
    for (const { pipeline } of cameras) pipeline.feed.open();
  }

  private close(): Promise<void> {
    this.closing ??= Promise.allSettled([
      this.relay?.close(),
      ...this.cameras.map((camera) => camera.close()),
    ]).then(() => this.post({ type: 'closed' }));
    return this.closing;
  }
}
