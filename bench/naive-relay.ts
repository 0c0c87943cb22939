import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../src/shared/clock.js';
import { SHIPPED, SHIPPED_FOLDER } from '../test/camera-stand-in/clip-files.js';
import { joinNals, NalType, splitAccessUnits } from '../test/camera-stand-in/h264.js';
import { prepareStandIn, program } from './stand-in.js';

/**
 * The peer: every chunk of the camera program's stdout goes to every client as it comes. It holds nothing, and knows
 * nothing of pictures; so it is the floor of the delay, and of everything else too.
 *
 * @returns ms from the last byte of a picture written to its last byte at the last of the clients
 */
export async function throughNaiveRelay(clients: number, seconds: number): Promise<number[]> {
  const standIn = prepareStandIn('vc4');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ends = pictureEnds(Math.ceil(seconds * 30) + 60);
  const receivedUs = new Map<number, number>();
  const sockets = Array.from({ length: clients }, () => countPictures(port, ends, receivedUs));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));

  const words =
    '--nopreview --timeout 0 --width 1280 --height 720 --framerate 30 --intra 30 --inline --flush --output -';
  const camera = spawn(program, words.split(' '), { stdio: ['ignore', 'pipe', 'ignore'] });
  camera.stdout.on('data', (chunk: Buffer) => {
    for (const client of server.clients) client.send(chunk);
  });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  camera.kill('SIGKILL');
  await once(camera, 'close');
  for (const socket of sockets) socket.terminate();
  server.close();

  const written = [...standIn.writtenUs()].slice(45, -5);
  standIn.close();
  return written.map(([picture, us]) => ((receivedUs.get(picture) ?? Number.POSITIVE_INFINITY) - us) / 1000);
}

/** Where each picture ends in the stream, which repeats the clip without the encoder's message (SEI), as vc4 does. */
function pictureEnds(count: number): number[] {
  const clip = readFileSync(`${SHIPPED_FOLDER}/${SHIPPED.vc4.file}`);
  const sizes = splitAccessUnits(clip).map(
    ({ nals }) => joinNals(nals.filter(({ type }) => type !== NalType.sei)).length,
  );
  let end = 0;
  return Array.from({ length: count }, (_, i) => (end += sizes[i % sizes.length] ?? 0));
}

function countPictures(port: number, ends: readonly number[], receivedUs: Map<number, number>): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  let bytes = 0;
  let picture = 0;
  socket.on('message', (data: Buffer) => {
    bytes += data.length;
    for (; bytes >= (ends[picture] ?? Number.POSITIVE_INFINITY); picture += 1) {
      receivedUs.set(picture, systemClock.nowUs());
    }
  });
  return socket;
}
