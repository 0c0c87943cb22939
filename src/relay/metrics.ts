import { Counter, Gauge, Registry } from 'prom-client';
import type { CameraStats } from './stats.js';

const states = ['stopped', 'starting', 'streaming', 'recovering', 'failed'] as const;
const kinds = ['page', 'plain', 'h264', 'mp4'] as const;
const quantiles = ['median', 'p99', 'max'] as const;

/** What one camera adds to a metric: its value, and what tells apart values of one camera. */
type Values = (
  stats: CameraStats,
) => readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

const one = (value: number | undefined): ReturnType<Values> => (value === undefined ? [] : [[{}, value]]);

const counters: readonly (readonly [name: string, help: string, values: Values])[] = [
  ['camera_starts_total', 'Processes of the camera program that were started.', (s) => one(s.camera.starts)],
  [
    'camera_failures_total',
    'Processes that ended unasked or had to be ended.',
    (s) => one(s.camera.failures),
  ],
  ['camera_pictures_total', 'Pictures the camera delivered.', (s) => one(s.camera.pictures)],
  ['camera_losses_total', 'Times pictures were lost up to the next key frame.', (s) => one(s.camera.losses)],
  ['viewer_joins_total', 'Viewers there were.', (s) => one(s.totals.joins)],
  ['viewer_pictures_total', 'Pictures sent to viewers.', (s) => one(s.totals.pictures)],
  ['viewer_bytes_total', 'Bytes sent to viewers.', (s) => one(s.totals.bytes)],
  ['viewer_skipped_total', 'Pictures that viewers behind were not sent.', (s) => one(s.totals.skipped)],
  ['viewer_resyncs_total', 'Times a viewer that was behind went on.', (s) => one(s.totals.resyncs)],
];

const gauges: readonly (readonly [name: string, help: string, labels: readonly string[], values: Values])[] =
  [
    ['camera_fps', 'Pictures per second.', [], (s) => one(s.camera.fps)],
    ['camera_bitrate', 'Bits per second.', [], (s) => one(s.camera.bitrate)],
    [
      'camera_key_frame_interval_seconds',
      'Between the last two key frames.',
      [],
      (s) => one(s.camera.keyFrameInterval),
    ],
    [
      'camera_state',
      '1 for the state the camera is in.',
      ['state'],
      (s) => states.map((state) => [{ state }, s.camera.state === state ? 1 : 0]),
    ],
    [
      'camera_frame_end',
      '1 for the way in which the end of a picture is known.',
      ['by'],
      (s) => (s.camera.frameEnd === undefined ? [] : [[{ by: s.camera.frameEnd }, 1]]),
    ],
    [
      'viewers',
      'Viewers there are.',
      ['kind'],
      (s) => kinds.map((kind) => [{ kind }, s.viewers.filter((viewer) => viewer.kind === kind).length]),
    ],
    [
      'viewer_delay_seconds_max',
      'The most a viewer is behind, from acknowledgements.',
      [],
      (s) => one(Math.max(0, ...s.viewers.map(({ delay }) => delay ?? 0))),
    ],
  ];

/** Prometheus' text of all cameras (docs/protocol.md). Viewers are summed up: each with labels of its own would never end. */
export async function metrics(stats: readonly CameraStats[]): Promise<{ type: string; text: string }> {
  const registry = new Registry();
  const registers = [registry];
  for (const [name, help, values] of counters) {
    const counter = new Counter({ name: `libcamera_${name}`, help, labelNames: ['camera'], registers });
    for (const camera of stats)
      for (const [, value] of values(camera)) counter.inc({ camera: camera.camera.id }, value);
  }
  for (const [name, help, labels, values] of gauges) {
    const labelNames = ['camera', ...labels];
    const gauge = new Gauge({ name: `libcamera_${name}`, help, labelNames, registers });
    for (const camera of stats)
      for (const [own, value] of values(camera)) gauge.set({ camera: camera.camera.id, ...own }, value);
  }
  const [first] = stats;
  if (first) {
    const name = 'libcamera_worker_event_loop_delay_seconds';
    const help = 'How late the event loop of the media worker was over the last minute.';
    const gauge = new Gauge({ name, help, labelNames: ['quantile'], registers });
    for (const quantile of quantiles) gauge.set({ quantile }, first.worker.eventLoopDelay[quantile]);
  }
  return { type: registry.contentType, text: await registry.metrics() };
}
