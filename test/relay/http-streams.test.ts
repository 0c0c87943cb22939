import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { CameraStats } from '../../src/relay/stats.js';
import { openRelay, token } from '../support/a-relay.js';
import { clipUnits } from '../support/clip-units.js';
import { publishPictures } from '../support/synthetic-feed.js';
import { until } from '../support/until.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Rig = Awaited<ReturnType<typeof openRelay>>;

async function rig(): Promise<Rig> {
  const opened = await openRelay();
  closing.push(() => opened.relay.close());
  return opened;
}

const url = ({ port }: Rig, path: string, query = ''): string =>
  `http://127.0.0.1:${port}${path}?token=${token}${query}`;

describe('streams over HTTP', () => {
  test.each([
    ['stream.h264', 'video/h264', 'h264'],
    ['stream.mp4', 'video/mp4', 'mp4'],
  ])(
    '%s is what ffprobe reads',
    async (name, type, format) => {
      const opened = await rig();
      const units = await clipUnits('vc4-720p30.h264');
      opened.feed.setState({ state: 'streaming' });
      const ffprobe = spawn(
        'ffprobe',
        [
          ...['-v', 'error', '-f', format, '-i', url(opened, `/x/${name}`)],
          ...['-show_entries', 'packet=flags', '-read_intervals', '%+#60', '-of', 'csv=p=0'],
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      closing.push(() => ffprobe.kill('SIGKILL'));
      let i = 5;
      const publish = setInterval(() => {
        const unit = units[i % units.length];
        if (unit) opened.feed.publish({ ...unit, sequence: i, timestampUs: i * 33_333 + 1_000_000 });
        i += 1;
      }, 10);
      closing.push(() => clearInterval(publish));
      const [out, complaints] = await Promise.all([text(ffprobe.stdout), text(ffprobe.stderr)]);
      const packets = out.split('\n').filter(Boolean);
      expect(complaints).toBe('');
      expect(packets.length).toBeGreaterThanOrEqual(60);
      // It began in the middle of a GOP, and waited for the next IDR.
      expect(packets[0]).toMatch(/^K/);
      const head = await fetch(url(opened, `/x/${name}`), { method: 'HEAD' });
      expect(head.headers.get('content-type')).toBe(type);
    },
    40_000,
  );

  test('a client that reads nothing loses pictures up to a key frame, and is cut off in the end', async () => {
    const opened = await rig();
    closing.push(publishPictures(opened.feed, { fps: 60, keyBytes: 1_000_000, bytes: 200_000 }));
    const abort = new AbortController();
    closing.push(() => abort.abort());
    await fetch(url(opened, '/x/stream.h264'), { signal: abort.signal });
    const stats = async (): Promise<CameraStats> =>
      (await (await fetch(url(opened, '/x/stats.json'))).json()) as CameraStats;
    const deadline = performance.now() + 25_000;
    let last = await stats();
    let skipped = 0;
    while (last.viewers.length > 0 && performance.now() < deadline) {
      skipped = last.viewers[0]?.skipped ?? skipped;
      await new Promise((resolve) => setTimeout(resolve, 200));
      last = await stats();
    }
    expect(skipped).toBeGreaterThan(0);
    expect(last.viewers).toEqual([]);
  }, 40_000);
});

test('a still picture', async () => {
  const response = await fetch(url(await rig(), '/x/snapshot.jpg'));
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'image/jpeg',
    'a jpeg',
  ]);
});

test('figures as JSON and for Prometheus', async () => {
  const opened = await rig();
  closing.push(publishPictures(opened.feed));
  const abort = new AbortController();
  closing.push(() => abort.abort());
  const stream = await fetch(url(opened, '/x/stream.h264'), { signal: abort.signal });
  let bytes = 0;
  if (!stream.body) throw new Error('no stream');
  const body = Readable.fromWeb(stream.body as ReadableStream<Uint8Array>);
  body.on('data', (chunk: Buffer) => (bytes += chunk.length));
  body.on('error', () => undefined);
  await until(() => bytes > 1_000_000, 'the stream');
  const stats = (await (await fetch(url(opened, '/x/stats.json'))).json()) as CameraStats;
  expect(stats.camera).toMatchObject({
    id: 'x',
    state: 'streaming',
    frameEnd: 'pts',
    starts: 1,
    codec: 'avc1.42c01f',
    width: 1280,
  });
  expect(stats.camera.fps).toBeGreaterThan(20);
  expect(stats.camera.fps).toBeLessThan(40);
  expect(stats.viewers).toMatchObject([{ kind: 'h264', skipped: 0, resyncs: 0 }]);

  const metrics = await (await fetch(url(opened, '/metrics'))).text();
  expect(metrics).toContain('# TYPE libcamera_viewer_pictures_total counter');
  expect(metrics).toMatch(/^libcamera_camera_state\{camera="x",state="streaming"\} 1$/m);
  expect(metrics).toMatch(/^libcamera_viewers\{camera="x",kind="h264"\} 1$/m);
  expect(metrics).toMatch(/^libcamera_camera_frame_end\{camera="x",by="pts"\} 1$/m);
  expect(metrics).toMatch(/^libcamera_worker_event_loop_delay_seconds\{quantile="p99"\} [\d.e-]+$/m);
});

test.each(['stats.json', 'stream.h264', 'stream.mp4', 'snapshot.jpg'])('%s wants the token', async (name) => {
  const { port } = await rig();
  expect((await fetch(`http://127.0.0.1:${port}/x/${name}`)).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${port}/nobody/${name}?token=${token}`)).status).toBe(404);
});
