import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import type { CameraStats } from '../../src/relay/stats.js';
import { openRelay, token } from '../support/a-relay.js';
import { publishPictures } from '../support/synthetic-feed.js';
import { until } from '../support/until.js';

type Rig = Awaited<ReturnType<typeof openRelay>>;

const stallMs = 20_000;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Seen {
  readonly sequence: number;
  readonly key: boolean;
  readonly lateUs: number;
  readonly atMs: number;
}

interface Client {
  readonly seen: Seen[];
  readonly socket: WebSocket;
  closed: { code: number; reason: string } | undefined;
  pause(): void;
  resume(): void;
}

async function watch({ port }: Rig, query = ''): Promise<Client> {
  const url = `ws://127.0.0.1:${port}/x/live?token=${token}${query}`;
  const socket = new WebSocket(url, 'libcamera.v1', { perMessageDeflate: false });
  closing.push(() => socket.terminate());
  const seen: Seen[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return;
    const nowUs = Number(process.hrtime.bigint() / 1000n);
    seen.push({
      sequence: data.readUInt32BE(4),
      key: (data.readUInt8(1) & 1) !== 0,
      lateUs: nowUs - Number(data.readBigUInt64BE(8)),
      atMs: performance.now(),
    });
  });
  await once(socket, 'open');
  socket.send('{"type":"start"}');
  const raw = (socket as unknown as { _socket: Socket })._socket;
  const client: Client = {
    seen,
    socket,
    closed: undefined,
    pause: () => raw.pause(),
    resume: () => raw.resume(),
  };
  socket.on('close', (code, reason) => (client.closed = { code, reason: reason.toString() }));
  return client;
}

async function stats({ port }: Rig): Promise<CameraStats> {
  const response = await fetch(`http://127.0.0.1:${port}/x/stats.json?token=${token}`);
  expect(response.status).toBe(200);
  return (await response.json()) as CameraStats;
}

/** Where a picture does not follow the one before it, and is no key frame. */
function broken(seen: readonly Seen[]): Seen[] {
  return seen.filter(({ key, sequence }, i) => {
    const before = seen[i - 1];
    return before ? sequence !== before.sequence + 1 && !key : !key;
  });
}

const gaps = (seen: readonly Seen[]): number =>
  seen.filter(({ sequence }, i) => i > 0 && sequence !== (seen[i - 1]?.sequence ?? 0) + 1).length;

test('viewers that stop reading for a while hold up nobody, are sent nothing, and go on at a key frame', async () => {
  const rig = await openRelay();
  closing.push(() => rig.relay.close());
  closing.push(publishPictures(rig.feed, { gop: 60 }));
  const good = await Promise.all([watch(rig), watch(rig), watch(rig)]);
  const stalled = await Promise.all(Array.from({ length: 5 }, () => watch(rig)));
  await until(() => stalled.every(({ seen }) => seen.length > 10), 'everybody watches');

  // Short of the ten seconds after which a viewer is taken for gone.
  for (const client of stalled) client.pause();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const begin = (await stats(rig)).viewers.filter(({ skipped }) => skipped > 0);
  expect(begin).toHaveLength(5);
  // Less than a second of pictures had been written: nothing more waits in this process or the kernel for them.
  for (const { bytes } of begin) expect(bytes).toBeLessThan(4_000_000);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const held = (await stats(rig)).viewers.filter(({ skipped }) => skipped > 0);
  expect(held.map(({ bytes }) => bytes)).toEqual(begin.map(({ bytes }) => bytes));
  for (const { delay } of held) expect(delay).toBeGreaterThan(5);

  const resumedMs = performance.now();
  for (const client of stalled) client.resume();
  const live = ({ seen }: Client): boolean =>
    seen.some(({ atMs, lateUs }) => atMs > resumedMs && lateUs < 500_000);
  await until(() => stalled.every(live), 'they are live again', 5000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const client of stalled) {
    expect(broken(client.seen)).toEqual([]);
    expect(gaps(client.seen)).toBe(1);
  }
  for (const client of good) expect([gaps(client.seen), broken(client.seen)]).toEqual([0, []]);
  const after = await stats(rig);
  expect(after.totals).toMatchObject({ joins: 8, resyncs: 5 });
  expect(after.viewers.filter(({ resyncs }) => resyncs === 1)).toHaveLength(5);
}, 60_000);

test('a viewer that acknowledges nothing for ten seconds is cut off, with the reason, and others are not', async () => {
  const rig = await openRelay();
  closing.push(() => rig.relay.close());
  closing.push(publishPictures(rig.feed));
  const [good, gone] = await Promise.all([watch(rig), watch(rig)]);
  await until(() => gone.seen.length > 10, 'he watches');
  gone.pause();
  await new Promise((resolve) => setTimeout(resolve, stallMs - 6000));
  expect((await stats(rig)).viewers).toHaveLength(1);
  gone.resume();
  await until(() => gone.closed !== undefined, 'the end');
  expect([gaps(good.seen), broken(good.seen), broken(gone.seen)]).toEqual([0, [], []]);
}, 60_000);

test('a slow viewer stays close to now', async () => {
  const rig = await openRelay();
  closing.push(() => rig.relay.close());
  // 5 Mbit/s; he takes 2 of them.
  closing.push(publishPictures(rig.feed, { gop: 60 }));
  const slow = await watch(rig);
  const raw = (slow.socket as unknown as { _socket: Socket })._socket;
  const begunMs = performance.now();
  let credit = 0;
  let lastMs = begunMs;
  raw.on('data', (chunk: Buffer) => {
    credit -= chunk.length;
    if (credit < 0) raw.pause();
  });
  const throttle = setInterval(() => {
    const nowMs = performance.now();
    // What he did not take in time is not made up for.
    credit = Math.min(credit + (nowMs - lastMs) * 250, 25_000);
    lastMs = nowMs;
    if (credit > 0) raw.resume();
  }, 5);
  closing.push(() => clearInterval(throttle));
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  const late = slow.seen
    .filter(({ atMs }) => atMs - begunMs > 8000)
    .map(({ lateUs }) => lateUs)
    .sort((a, b) => a - b);
  expect(late.length).toBeGreaterThan(20);
  expect(broken(slow.seen)).toEqual([]);
  // 0.8 s on a quiet machine; with whatever the buffers hold it would be 9 s by now.
  expect(late[Math.floor(late.length / 2)]).toBeLessThan(3_000_000);
}, 60_000);

test('a client that answers pings it never got, or talks nonsense, harms nobody', async () => {
  const rig = await openRelay();
  closing.push(() => rig.relay.close());
  closing.push(publishPictures(rig.feed));
  const [good, odd] = await Promise.all([watch(rig), watch(rig)]);
  for (let i = 0; i < 200; i += 1) odd.socket.pong(Buffer.alloc(i % 8, i));
  await until(() => good.seen.length > 20 && odd.seen.length > 20, 'both watch');
  expect([broken(good.seen), broken(odd.seen)]).toEqual([[], []]);
});

test('a WebSocket client that vanishes leaves nothing behind', async () => {
  const rig = await openRelay();
  closing.push(() => rig.relay.close());
  const viewer = await watch(rig);
  expect((await stats(rig)).viewers).toHaveLength(1);
  viewer.socket.terminate();
  const deadline = performance.now() + 5000;
  while ((await stats(rig)).viewers.length > 0 && performance.now() < deadline);
  expect((await stats(rig)).viewers).toEqual([]);
  // An HTTP client that leaves before its stream begins.
  const early = connect(rig.port, '127.0.0.1');
  early.write(`GET /x/stream.h264?token=${token} HTTP/1.1\r\nHost: x\r\n\r\n`);
  early.destroy();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await stats(rig)).viewers).toEqual([]);
});
