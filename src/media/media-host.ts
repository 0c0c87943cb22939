import { CameraPrograms } from '../camera/camera-programs.js';
import { endOrphans, ownerMark, ownerVariable } from '../camera/orphans.js';
import { unkillable } from '../camera/own-diagnoses.js';
import { machineHost } from '../camera/machine-host.js';
import { Relay } from '../relay/relay.js';
import { noTotals } from '../relay/totals.js';
import { systemClock } from '../shared/clock.js';
import { encodeJpeg } from '../snapshot/jpeg-encoder.js';
import { CameraPipeline } from './camera-pipeline.js';
import type { MediaCommand, MediaConfiguration, MediaEvent } from './messages.js';
import type { ProcessSlots } from './process-slots.js';

/** The media plane itself: takes commands, runs cameras and relay, tells events. Knows nothing of threads. */
export class MediaHost {
  private cameras = new Map<string, CameraPipeline>();
  private relay: Relay | undefined;
  private programs: CameraPrograms | undefined;
  private closing: Promise<void> | undefined;
  private readonly abort = new AbortController();

  constructor(
    private readonly slots: ProcessSlots,
    private readonly post: (event: MediaEvent) => void,
  ) {}

  handle(command: MediaCommand): void {
    switch (command.type) {
      case 'start':
        this.start(command.configuration);
        break;
      case 'snapshot':
        void this.snapshot(command.request, command.cameraId);
        break;
      case 'close':
        void this.close();
        break;
    }
  }

  private start(configuration: MediaConfiguration): void {
    if (this.closing) return;
    const { relay, runFolder, deviceNames, ffmpegPath } = configuration;
    const environment = { ...process.env, [ownerVariable]: ownerMark(runFolder) };
    const programs = (this.programs = new CameraPrograms({
      environment,
      registry: this.slots,
      log: (level, message) => this.post({ type: 'log', level, message }),
      signal: this.abort.signal,
      clock: systemClock,
      ready: this.endOrphans(runFolder),
    }));
    const cameras = configuration.cameras.map((settings) => {
      const pipeline = new CameraPipeline({
        settings,
        host: machineHost({
          camera: settings,
          programs,
          registry: this.slots,
          environment,
          deviceNames,
          ptsFifo: `${runFolder}/${settings.id}.pts`,
        }),
        clock: systemClock,
        log: (level, message) => this.post({ type: 'log', level, cameraId: settings.id, message }),
        encode: (keyFrame) =>
          encodeJpeg(keyFrame, { ffmpegPath, environment, registry: this.slots, clock: systemClock }),
        onState: (state) => this.post({ type: 'cameraState', cameraId: settings.id, state }),
      });
      return { id: settings.id, name: settings.name, pipeline };
    });
    this.cameras = new Map(cameras.map(({ id, pipeline }) => [id, pipeline]));
    if (relay.enabled) {
      this.relay = new Relay({
        settings: relay,
        token: configuration.token,
        cameras: cameras.map(({ id, name, pipeline }) => ({
          id,
          name,
          feed: pipeline.feed,
          totals: noTotals(),
          counters: () => pipeline.counters,
          snapshot: () => pipeline.snapshots.take(),
        })),
        clock: systemClock,
        log: (level, message) => this.post({ type: 'log', level, message }),
        onState: (state) => this.post({ type: 'relayState', relay: state }),
      });
      this.relay.open();
    } else {
      this.post({ type: 'relayState', relay: { state: 'off' } });
    }
    programs.prepare(configuration.cameras.filter(({ fault }) => fault === undefined));
    for (const { pipeline } of cameras) pipeline.open();
  }

  /** An earlier life that ended badly may have left the camera taken. */
  private async endOrphans(folder: string): Promise<readonly number[]> {
    const { ended, hanging } = await endOrphans({ folder, clock: systemClock, signal: this.abort.signal });
    if (ended.length > 0) {
      const message = `Ended what an earlier run had left behind: process ${ended.join(', ')}.`;
      this.post({ type: 'log', level: 'info', message });
    }
    if (hanging.length > 0) {
      const message = `Process ${hanging.join(', ')} of an earlier run hangs in the kernel. ${unkillable.remedy}`;
      this.post({ type: 'log', level: 'error', message });
    }
    return hanging;
  }

  private async snapshot(request: number, cameraId: string): Promise<void> {
    try {
      // A camera that was started now would outlive the end.
      const snapshot = this.closing ? undefined : await this.cameras.get(cameraId)?.snapshots.take();
      this.post({ type: 'snapshot', request, snapshot });
    } catch (error) {
      this.post({
        type: 'log',
        level: 'error',
        cameraId,
        message: `The still picture failed: ${String(error)}`,
      });
      this.post({ type: 'snapshot', request, snapshot: undefined });
    }
  }

  private close(): Promise<void> {
    this.abort.abort();
    this.closing ??= Promise.allSettled([
      this.relay?.close(),
      ...[...this.cameras.values()].map((camera) => camera.close()),
      this.programs?.settled(),
    ]).then(() => this.post({ type: 'closed' }));
    return this.closing;
  }
}
