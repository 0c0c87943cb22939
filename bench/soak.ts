/** `npm run bench:soak [-- --minutes N]`: does our relay keep anything of the viewers that come, stall and go? */
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child.js';
import type { GroupReport, LoadCommand } from './load/messages.js';
import { openFiles, residentKiB } from './proc.js';
import { startOurs } from './relays.js';
import { atMost, markdown, type Row, show } from './row.js';
import { loadClient } from './session.js';
import { prepareClips } from './source.js';
import { BenchCamera } from './stand-in.js';
import { slope } from './statistics.js';

const viewers = 20;
const seed = 1;
const samples = 12;
/** Samples at the beginning that do not count: caches and compiled code are growing. */
const warmUpSamples = 3;
const maxSlopeKiB = 100;
/** How long the camera and the sockets may take to go when the last viewer has left. */
const quietLimitMs = 10_000;

const heapProbe = new URL('./heap-probe.js', import.meta.url);

async function main(args: readonly string[]): Promise<number> {
  const minutes = Number(args[0] === '--minutes' ? args[1] : args.length === 0 ? 10 : Number.NaN);
  if (!(minutes > 0)) {
    process.stderr.write('npm run bench:soak [-- --minutes N]\n');
    return 2;
  }
  await prepareClips();
  const camera = new BenchCamera('vc4');
  const { child: relay, target } = await startOurs(camera, 'worker', 0, [
    '--expose-gc',
    '--import',
    heapProbe.href,
  ]);
  const load = await Child.start<LoadCommand, GroupReport | undefined>(loadClient, { args: ['--no-times'] });
  try {
    // The first question opens what later ones use again.
    await relay.ask('heap');
    const filesBefore = openFiles(relay.pid);
    const group = 'viewers';
    await load.ask({ type: 'watch', group, target, count: viewers });
    const churned = load.ask({ type: 'churn', group, seconds: minutes * 60, seed });
    const heap: [minute: number, KiB: number][] = [];
    const rss: number[] = [];
    for (let i = 1; i <= samples; i += 1) {
      await pause((minutes * 60_000) / samples);
      heap.push([(i * minutes) / samples, await relay.ask('heap')]);
      rss.push(residentKiB(relay.pid));
    }
    await churned;
    const report = await load.ask({ type: 'report', group });
    await load.ask({ type: 'leave', group });
    const filesAfter = await quietFiles(relay.pid, filesBefore);
    const rows = [...heapRows(heap, rss), filesRow(filesBefore, filesAfter), ...pictureRows(report)];
    process.stdout.write(`${viewers} viewers that come, go and stall, ${minutes} min\n\n${markdown(rows)}\n`);
    return rows.some(({ met }) => met === false) ? 1 : 0;
  } finally {
    await load.close();
    await relay.close();
    camera.close();
  }
}

/** Open files of the relay, when it has closed those of the viewers and the camera or had its time for it. */
async function quietFiles(pid: number, before: number): Promise<number> {
  const endMs = performance.now() + quietLimitMs;
  while (openFiles(pid) !== before && performance.now() < endMs) await pause(100);
  return openFiles(pid);
}

function heapRows(heap: readonly (readonly [number, number])[], rss: readonly number[]): Row[] {
  const counted = heap.slice(warmUpSamples);
  const growth = slope(counted);
  const [first, last] = [counted[0]?.[1] ?? Number.NaN, counted.at(-1)?.[1] ?? Number.NaN];
  return [
    row('heap', `heap after a collection, slope over ${counted.length} samples`, {
      ours: show(growth, 1, 'KiB/min'),
      threshold: `≤ ${maxSlopeKiB} KiB/min`,
      met: atMost(growth, maxSlopeKiB),
    }),
    row('heap', 'heap, first → last sample', { ours: `${show(first, 0, '')} → ${show(last, 0, 'KiB')}` }),
    row('rss', 'memory (RSS), first → last sample', {
      ours: `${show(rss[warmUpSamples] ?? Number.NaN, 0, '')} → ${show(rss.at(-1) ?? Number.NaN, 0, 'KiB')}`,
    }),
  ];
}

function filesRow(before: number, after: number): Row {
  return row('files', 'open files before the first viewer → after the last', {
    ours: `${before} → ${after}`,
    threshold: 'equal',
    met: before === after,
  });
}

function pictureRows(report: GroupReport | undefined): Row[] {
  if (!report) return [];
  const { received, corrupt, duplicate, undecodable } = report.integrity;
  const broken = corrupt + duplicate + undecodable;
  return [
    row('pictures', `pictures corrupt, twice or not to be decoded, of ${received}`, {
      ours: String(broken),
      threshold: 'none',
      met: broken === 0,
    }),
    row('sent-away', 'viewers sent away by the relay', { ours: String(report.ended) }),
  ];
}

function row(name: string, what: string, values: Partial<Row> & Pick<Row, 'ours'>): Row {
  return { peer: '–', threshold: '–', met: undefined, ...values, name, what };
}

process.exitCode = await main(process.argv.slice(2));
