import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { handOut, throughRelay } from './latency.js';
import { throughNaiveRelay } from './naive-relay.js';
import { firstSnapshot, fourSnapshots, snapshotFromMemory } from './snapshots.js';
import { median, quantile } from './statistics.js';

interface Bench {
  readonly name: string;
  readonly what: string;
  /** @returns one delay in ms for each picture or request */
  readonly run: () => Promise<number[]>;
}

const seconds = 8;
const repetitions = 3;

const benches: readonly Bench[] = [
  ...(['vc4', 'pisp'] as const).flatMap((platform): Bench[] => [
    {
      name: `hand-out-${platform}`,
      what: `${platform}: written → access unit handed out`,
      run: () => handOut(platform, seconds),
    },
    ...[1, 10].map((clients) => ({
      name: `relay-${platform}-${clients}`,
      what: `${platform}: written → last byte at the last of ${clients}`,
      run: () => throughRelay(platform, clients, seconds),
    })),
  ]),
  ...[1, 10].map((clients) => ({
    name: `naive-${clients}`,
    what: `peer, vc4: chunks as they come → last byte at the last of ${clients}`,
    run: () => throughNaiveRelay(clients, seconds),
  })),
  { name: 'snapshot-memory', what: 'still picture that is at hand', run: snapshotFromMemory },
  { name: 'snapshot-first', what: 'still picture, camera off before', run: firstSnapshot },
  {
    name: 'snapshot-four',
    what: 'still picture, four ask at once while the camera streams',
    run: fourSnapshots,
  },
];

const usage = `npm run bench [-- --only NAME] [--json FILE]
Names: ${benches.map(({ name }) => name).join(', ')}; a beginning will do.`;

interface Figures {
  readonly name: string;
  readonly what: string;
  readonly values: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

async function main(args: readonly string[]): Promise<number> {
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) options.set(args[i] ?? '', args[i + 1] ?? '');
  const only = options.get('--only') ?? '';
  const json = options.get('--json');
  const chosen = benches.filter(({ name }) => name.startsWith(only));
  if (
    [...options].some(([key, value]) => !['--only', '--json'].includes(key) || value === '') ||
    chosen.length === 0
  ) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }

  // In turn, so that a slow minute of the machine hits all of them.
  const runs = new Map<string, number[][]>();
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { name, run } of chosen) runs.set(name, [...(runs.get(name) ?? []), await run()]);
  }
  const figures = chosen.map(({ name, what }): Figures => {
    const own = runs.get(name) ?? [];
    return {
      name,
      what,
      values: own.flat().length,
      medianMs: median(own.map(median)),
      p99Ms: median(own.map((delays) => quantile(delays, 0.99))),
    };
  });
  process.stdout.write(`${table(figures)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  return 0;
}

function table(figures: readonly Figures[]): string {
  const rows = figures.map(({ what, medianMs, p99Ms, values }) => {
    return `| ${what} | ${medianMs.toFixed(2)} | ${p99Ms.toFixed(2)} | ${values} |`;
  });
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
  return [
    `${machine}; 720p30, medians of ${repetitions} runs of ${seconds} s`,
    '',
    '| what | median ms | p99 ms | values |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

process.exitCode = await main(process.argv.slice(2));
