/**
 * Our relay in a process of its own, as Homebridge would hold it. One argument, `HostOptions` as JSON; ends in order
 * with its IPC channel.
 */
import type { MediaConfiguration } from '../src/media/messages.js';
import { createInThreadMediaPlane } from '../src/media/in-thread-media-plane.js';
import { createWorkerMediaPlane } from '../src/media/worker-media-plane.js';
import { answerParent, tellReady } from './parent.js';
import { benchSettings } from './settings.js';
import { heapKiB } from './heap-probe.js';

export interface HostOptions {
  readonly plane: 'worker' | 'thread';
  /** How long the main thread is busy at a stretch, once a second. */
  readonly blockMs: number;
  readonly port: number;
  readonly token: string;
  readonly folder: string;
  readonly deviceNames: string;
}

const { plane, blockMs, port, token, folder, deviceNames } = JSON.parse(process.argv[2] ?? '') as HostOptions;
const { camera, relay } = benchSettings();
const configuration: MediaConfiguration = {
  cameras: [camera],
  relay: { ...relay, host: '127.0.0.1', port },
  token,
  runFolder: folder,
  deviceNames,
  ffmpegPath: undefined,
};

const create = plane === 'worker' ? createWorkerMediaPlane : createInThreadMediaPlane;
const media = create(configuration, (event) => {
  if (event.type === 'relayState' && event.relay.state === 'listening') tellReady();
  if (event.type === 'log' && (event.level === 'warn' || event.level === 'error'))
    process.stderr.write(`${event.message}\n`);
});
if (blockMs > 0) setInterval(() => keepBusy(blockMs), 1000);
answerParent(heapKiB);
process.once('disconnect', () => void media.close().then(() => process.exit()));

function keepBusy(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
