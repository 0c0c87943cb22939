import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test/support/free-port.js';
import { atExit } from './at-exit.js';
import { Child } from './child.js';
import type { Target } from './load/messages.js';
import type { HostOptions } from './relay-host.js';
import { peerArguments, pictureSizes } from './source.js';
import { type BenchCamera, program } from './stand-in.js';

/** A relay in a process of its own. */
export interface RelayUnderTest {
  readonly pid: number;
  readonly target: Target;
  /** To be called when the viewers are there: those that count bytes need the first one. */
  startCamera(): Promise<void>;
  close(): Promise<void>;
}

export type StartRelay = (camera: BenchCamera) => Promise<RelayUnderTest>;

const token = '0'.repeat(64);

/** Our relay in its process, which tells the heap of its worker when it is asked (bench/heap-probe.ts). */
export interface OurRelay {
  readonly child: Child<'heap', number>;
  readonly target: Target;
}

export async function startOurs(
  { folder, deviceNames, environment }: BenchCamera,
  plane: HostOptions['plane'],
  blockMs: number,
  nodeOptions: readonly string[] = [],
): Promise<OurRelay> {
  const port = await freePort();
  const options: HostOptions = { plane, blockMs, port, token, folder, deviceNames };
  const child = await Child.start<'heap', number>(new URL('./relay-host.js', import.meta.url), {
    args: [JSON.stringify(options)],
    environment,
    nodeOptions,
  });
  const path = `/bench/live?token=${token}`;
  return { child, target: { port, path, protocol: 'libcamera.v1', carries: 'pictures', sizes: [] } };
}

/** Our relay, with its media plane in a worker or in a main thread that is kept busy for `blockMs` once a second. */
export function ours(plane: HostOptions['plane'] = 'worker', blockMs = 0): StartRelay {
  return async (camera) => {
    const { child, target } = await startOurs(camera, plane, blockMs);
    // The first viewer starts the camera.
    return { pid: child.pid, target, startCamera: () => Promise.resolve(), close: () => child.close() };
  };
}

/** @param name of a file in bench/peers */
export function naive(
  name: 'naive-relay' | 'naive-pts' | 'naive-startcode',
  carries: 'bytes' | 'units' = 'bytes',
): StartRelay {
  return async (camera) => {
    const port = await freePort();
    const child = await Child.start<'start', undefined>(peer(name), {
      args: [String(port), program, ...peerArguments],
      environment: { ...camera.environment, BENCH_FIFO: `${camera.folder}/naive.pts` },
    });
    return {
      pid: child.pid,
      target: { port, path: '/', carries, sizes: pictureSizes() },
      startCamera: () => child.ask('start'),
      close: () => child.close(),
    };
  };
}

/** websockify in front of a camera that listens on TCP. One viewer, whose connection starts the camera. */
export const websockify: StartRelay = async (camera) => {
  const [sourcePort, port] = [await freePort(), await freePort()];
  const source = await Child.start(peer('tcp-source'), {
    args: [String(sourcePort), program, ...peerArguments],
    environment: camera.environment,
  });
  const relay = spawn('websockify', [`127.0.0.1:${port}`, `127.0.0.1:${sourcePort}`], { stdio: 'ignore' });
  const ended = once(relay, 'exit');
  const forget = atExit(() => relay.kill('SIGTERM'));
  while (!(await accepts(port))) await pause(50);
  return {
    pid: relay.pid ?? 0,
    target: { port, path: '/', carries: 'bytes', sizes: pictureSizes() },
    startCamera: () => Promise.resolve(),
    close: async () => {
      relay.kill('SIGTERM');
      await Promise.all([ended, source.close()]);
      forget();
    },
  };
};

/** The peers are plain JavaScript and not built. */
function peer(name: string): URL {
  return new URL(`../../bench/peers/${name}.mjs`, import.meta.url);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
