import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import type { CameraSettings, RelaySettings } from '../../src/config/settings.js';
import { createInThreadMediaPlane } from '../../src/media/in-thread-media-plane.js';
import { closeLimitMs, type MediaListener, type MediaPlane } from '../../src/media/media-plane.js';
import type { MediaConfiguration } from '../../src/media/messages.js';
import { createWorkerMediaPlane } from '../../src/media/worker-media-plane.js';
import { hasFile, makeProgram, type TestProgram, videoDevices } from '../support/camera-program.js';
import { cameraSettings } from '../support/camera-settings.js';
import { freePort, isPortFree } from '../support/free-port.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

type Told = Parameters<MediaListener>[0];
type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

const token = 'c'.repeat(64);
const host = '127.0.0.1';

/** A media plane of a test, and what it told. */
interface Started {
  readonly plane: MediaPlane;
  readonly events: readonly Told[];
  readonly configuration: MediaConfiguration;
}

const planes: MediaPlane[] = [];
const sockets: WebSocket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await Promise.all(planes.splice(0).map((plane) => plane.close()));
});

const statesOf = (events: readonly Told[], id = 'garden'): string[] =>
  events.flatMap((event) =>
    event.type === 'cameraState' && event.cameraId === id ? [event.state.state] : [],
  );

function portOf(events: readonly Told[]): number | undefined {
  for (const event of events) {
    if (event.type === 'relayState' && event.relay.state === 'listening') return event.relay.port;
  }
  return undefined;
}

describe.each([
  ['in a worker', createWorkerMediaPlane],
  ['in this thread', createInThreadMediaPlane],
])('the media plane %s', (_where, create) => {
  function start(
    cameras: readonly Partial<CameraSettings>[],
    relay: Partial<RelaySettings> = {},
    hear: (event: Told) => void = () => undefined,
  ): Started {
    const events: Told[] = [];
    const configuration: MediaConfiguration = {
      cameras: cameras.map((camera) => cameraSettings({ linger: 0, ...camera })),
      relay: { enabled: true, host, port: 0, access: 'token', maxDelay: 0.5, basePath: '', ...relay },
      token,
      runFolder: join(temporaryFolder(), 'run'),
      deviceNames: videoDevices('vc4'),
      ffmpegPath: undefined,
    };
    const plane = create(configuration, (event) => {
      events.push(event);
      hear(event);
    });
    planes.push(plane);
    return { plane, events, configuration };
  }

  async function watch(events: readonly Told[], id = 'garden', protocol?: string): Promise<WebSocket> {
    await until(() => portOf(events) !== undefined, 'the relay listens');
    const url = `ws://${host}:${portOf(events) ?? 0}/${id}/live?token=${token}`;
    const socket = new WebSocket(url, protocol === undefined ? [] : [protocol]);
    sockets.push(socket);
    socket.on('error', () => undefined);
    return socket;
  }

  async function streaming(program: TestProgram, events: readonly Told[]): Promise<void> {
    await until(
      () => program.pictures() >= 3 && statesOf(events).includes('streaming'),
      () => `the camera streams: ${JSON.stringify(events.slice(-10))}`,
    );
  }

  async function timed(closing: Promise<void>): Promise<number> {
    const sinceMs = performance.now();
    await closing;
    return performance.now() - sinceMs;
  }

  test('starts a camera for a viewer, sends its pictures, and stops it when the viewer has left', async () => {
    const program = makeProgram();
    const { events } = start([{ program: program.path }]);
    const viewer = await watch(events);
    let pictures = 0;
    viewer.on('message', (_data, isBinary) => (pictures += isBinary ? 1 : 0));
    await until(
      () => pictures >= 20,
      () => `pictures: ${JSON.stringify(events)}`,
    );
    expect(statesOf(events)).toEqual(['starting', 'streaming']);
    viewer.close();
    await until(() => statesOf(events).includes('stopped'), 'the camera stops');
    expect(statesOf(events)).toEqual(['starting', 'streaming', 'stopped']);
    expect(program.runs()).toHaveLength(1);
    expect(program.alive()).toEqual([]);
  });

  test('tells of each camera with its id, and of the relay without one', async () => {
    const program = makeProgram();
    const cameras = [
      { id: 'garden', program: program.path, mode: 'always' as const },
      { id: 'door', name: 'Door', program: program.path },
    ];
    const { events } = start(cameras);
    await streaming(program, events);
    const logs = events.filter((event) => event.type === 'log');
    expect(logs.length).toBeGreaterThan(0);
    expect(new Set(logs.map((event) => event.cameraId))).toEqual(new Set(['garden', undefined]));
    expect(logs.filter((event) => event.cameraId === undefined).map((event) => event.message)).toEqual([
      `Camera program: ${program.path}, v1.12.0, libcamera v0.0.0+1-c7533a92-dirty.`,
    ]);
    expect(logs.some((event) => event.message.startsWith(`Starting ${program.path} `))).toBe(true);
    expect(statesOf(events, 'door')).toEqual([]);
    expect(events.filter((event) => event.type === 'relayState')).toEqual([
      { type: 'relayState', relay: { state: 'listening', host, port: portOf(events) } },
    ]);
  });

  test('keeps the token out of what it tells', async () => {
    const program = makeProgram();
    const { events } = start([{ program: program.path, mode: 'always' }]);
    await streaming(program, events);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  test.each<[string, Parameters<typeof makeProgram>[0], (program: TestProgram) => boolean]>([
    ['streams', {}, (program) => program.pictures() >= 3],
    ['starts', { standIn: { START_DELAY_MS: '60000' } }, (program) => program.runs().length > 0],
    ['has stalled', { standIn: { STALL_AT: '1' } }, (program) => program.pictures() >= 2],
    ['never says its version', { version: 'exec sleep 60;' }, (program) => program.asked().length > 0],
    [
      'ignores SIGINT',
      { body: `trap '' INT; printf abc; touch "$here/ready"; exec sleep 60` },
      (program) => hasFile(program, 'ready'),
    ],
  ])('close() while a camera %s takes 3 s at most and leaves no process', async (_what, options, reached) => {
    const program = makeProgram(options);
    const { plane, events } = start([{ program: program.path, mode: 'always' }]);
    await until(
      () => reached(program),
      () => JSON.stringify(events),
    );
    expect(program.alive()).toHaveLength(1);
    expect(await timed(plane.close())).toBeLessThanOrEqual(closeLimitMs);
    expect(program.alive()).toEqual([]);
  });

  test('close() frees the port, disconnects viewers, may be called again, and nothing is told afterwards', async () => {
    const program = makeProgram();
    let closed = false;
    const late: Told[] = [];
    const { plane, events } = start([{ program: program.path }], { port: await freePort() }, (event) => {
      if (closed) late.push(event);
    });
    const viewer = await watch(events);
    await streaming(program, events);
    const gone = once(viewer, 'close');
    await Promise.all([plane.close(), plane.close()]);
    closed = true;
    await gone;
    expect(await isPortFree(portOf(events) ?? 0, host)).toBe(true);
    expect(program.alive()).toEqual([]);
    expect(await timed(plane.close())).toBeLessThan(1000);
    expect(program.runs()).toHaveLength(1);
    expect(late).toEqual([]);
  });

  test('close() at once leaves nothing behind', async () => {
    const program = makeProgram();
    const port = await freePort();
    const { plane, events } = start([{ program: program.path, mode: 'always' }], { port });
    expect(await timed(plane.close())).toBeLessThanOrEqual(closeLimitMs);
    const told = events.length;
    expect(await isPortFree(port, host)).toBe(true);
    expect(program.alive()).toEqual([]);
    // Whatever was under way would show by now: the same again, from start to stream, has taken its time.
    const other = makeProgram();
    const second = start([{ program: other.path, mode: 'always' }], { port });
    await streaming(other, second.events);
    expect(portOf(second.events)).toBe(port);
    expect(program.alive()).toEqual([]);
    expect(events).toHaveLength(told);
  });

  test('a snapshot that is asked for once it closes starts no camera', async () => {
    const program = makeProgram();
    const { plane } = start([{ program: program.path }]);
    const closing = plane.close();
    const asked = plane.snapshot('garden');
    await closing;
    expect(await plane.snapshot('garden')).toBeUndefined();
    expect(await asked).toBeUndefined();
    await wait(300);
    expect(program.runs()).toEqual([]);
    expect(program.alive()).toEqual([]);
  });

  test('the relay can be off', async () => {
    const program = makeProgram();
    const { events } = start([{ program: program.path, mode: 'always' }], { enabled: false });
    await streaming(program, events);
    expect(events.filter((event) => event.type === 'relayState')).toEqual([
      { type: 'relayState', relay: { state: 'off' } },
    ]);
  });

  test('a missing program fails its camera, with a remedy, and no other', async () => {
    const program = makeProgram();
    const { events } = start([
      { id: 'garden', program: '/nonexistent/rpicam-vid', mode: 'always' },
      { id: 'door', program: program.path, mode: 'always' },
    ]);
    await until(() => statesOf(events, 'door').includes('streaming'), 'the other camera streams');
    await until(() => statesOf(events).includes('recovering'), 'the camera fails');
    expect(statesOf(events)).toEqual(['starting', 'recovering']);
    const failed = events.find((event) => event.type === 'cameraState' && event.state.state === 'recovering');
    expect(failed).toEqual({
      type: 'cameraState',
      cameraId: 'garden',
      state: {
        state: 'recovering',
        retryAtUs: expect.any(Number),
        reason: 'The camera program "/nonexistent/rpicam-vid" does not exist or cannot be run.',
        remedy: 'Correct "program" in the configuration, or leave it out.',
      },
    });
  });

  test('shares no object with its owner', async () => {
    const program = makeProgram();
    const { events, configuration } = start(
      [{ program: program.path }, { id: 'door', program: '/nonexistent', mode: 'always' }],
      {},
      (event) => {
        if (event.type === 'cameraState' && event.state.state === 'recovering') {
          (event.state as Mutable<typeof event.state>).reason = 'changed by the listener';
        }
      },
    );
    const [garden] = configuration.cameras as Mutable<readonly CameraSettings[]>;
    if (garden) garden.program = '/changed';
    await until(() => statesOf(events, 'door').includes('recovering'), 'the camera fails');
    const texts: string[] = [];
    const viewer = await watch(events, 'door', 'libcamera.v1');
    viewer.on('message', (data, isBinary) => {
      if (!isBinary) texts.push((data as Buffer).toString());
    });
    await until(() => texts.some((text) => text.includes('"recovering"')), 'the viewer is told');
    expect(texts.join('\n')).toContain('/nonexistent');
    expect(texts.join('\n')).not.toContain('changed by the listener');

    await watch(events);
    await streaming(program, events);
  });
});
