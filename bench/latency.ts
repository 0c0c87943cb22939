import { WebSocket } from 'ws';
import type { MediaConfiguration } from '../src/media/messages.js';
import { createWorkerMediaPlane } from '../src/media/worker-media-plane.js';
import { systemClock } from '../src/shared/clock.js';
import { freePort } from '../test/support/free-port.js';
import { benchPipeline } from './pipeline.js';
import { benchSettings } from './settings.js';
import { type BenchCamera, type Platform, prepareStandIn } from './stand-in.js';

/** Pictures at the beginning that do not count: code is not compiled yet. */
const warmUp = 45;

const token = '0'.repeat(64);

/** ms from the last byte of a picture written by the camera program to its access unit handed out in this process. */
export async function handOut(platform: Platform, seconds: number): Promise<number[]> {
  const standIn = prepareStandIn(platform);
  const handedUs = new Map<number, number>();
  const pipeline = benchPipeline(standIn);
  pipeline.feed.subscribe({
    accessUnit: ({ sequence }) => void handedUs.set(sequence, systemClock.nowUs()),
    state: () => undefined,
  });
  await pause(seconds);
  await pipeline.close();
  return delays(standIn, handedUs);
}

/** ms from the last byte of a picture written by the camera program to its last byte at the last of the clients. */
export async function throughRelay(platform: Platform, clients: number, seconds: number): Promise<number[]> {
  const standIn = prepareStandIn(platform);
  const { camera, relay } = benchSettings();
  const port = await freePort();
  const configuration: MediaConfiguration = {
    cameras: [camera],
    relay: { ...relay, host: '127.0.0.1', port },
    token,
    runFolder: standIn.folder,
    deviceNames: standIn.deviceNames,
    ffmpegPath: undefined,
  };
  const receivedUs = new Map<number, number>();
  await new Promise<void>((resolve) => {
    const plane = createWorkerMediaPlane(configuration, (event) => {
      if (event.type !== 'relayState') return;
      for (let i = 0; i < clients; i += 1) watch(port, receivedUs);
      void pause(seconds)
        .then(() => plane.close())
        .then(resolve);
    });
  });
  return delays(standIn, receivedUs);
}

function watch(port: number, receivedUs: Map<number, number>): void {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bench/live?token=${token}`, 'libcamera.v1');
  socket.on('open', () => socket.send('{"type":"start"}'));
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) receivedUs.set(data.readUInt32BE(4), systemClock.nowUs());
  });
}

function delays(standIn: BenchCamera, seenUs: ReadonlyMap<number, number>): number[] {
  const written = [...standIn.writtenUs()].slice(warmUp, -5);
  standIn.close();
  return written.map(([picture, us]) => ((seenUs.get(picture) ?? Number.POSITIVE_INFINITY) - us) / 1000);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
