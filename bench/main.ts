import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { findExecutable } from '../src/shared/find-executable.js';
import { benches } from './benches.js';
import { markdown, Results, type Row } from './row.js';
import type { Figures } from './scenario.js';
import { scenarios, together } from './scenarios.js';
import { prepareClips, source } from './source.js';
import type { Platform } from './stand-in.js';

const repetitions = 3;

const usage = `npm run bench [-- --only NAME] [--json FILE]
Names: ${benches.map(({ name }) => name).join(', ')}; a beginning will do.`;

async function main(args: readonly string[]): Promise<number> {
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) options.set(args[i] ?? '', args[i + 1] ?? '');
  const only = options.get('--only') ?? '';
  const json = options.get('--json');
  const exact = benches.filter(({ name }) => name === only);
  const chosen = exact.length > 0 ? exact : benches.filter(({ name }) => name.startsWith(only));
  if (
    [...options].some(([key, value]) => !['--only', '--json'].includes(key) || value === '') ||
    chosen.length === 0
  ) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  if ((await findExecutable(['ffmpeg'], process.env)) === undefined) {
    process.stderr.write('ffmpeg is missing; it encodes what the camera shows: apt-get install ffmpeg\n');
    return 2;
  }

  const begunMs = performance.now();
  const rates = await prepareClips();
  const names = new Set(chosen.flatMap((bench) => bench.scenarios));
  if (names.has('websockify-1') && (await findExecutable(['websockify'], process.env)) === undefined) {
    process.stderr.write('websockify is missing, so this peer is left out: apt-get install websockify\n');
    names.delete('websockify-1');
  }
  const results = await runAll(names);
  const rows = chosen.flatMap(({ name, rows }) => rows(results).map((row): Row => ({ name, ...row })));
  const seconds = Math.round((performance.now() - begunMs) / 1000);
  process.stdout.write(`${machine(rates)}\n\n${markdown(rows)}\n\nTook ${seconds} s.\n`);
  if (json !== undefined) {
    writeFileSync(
      json,
      `${JSON.stringify({ machine: machine(rates), seconds, rows, runs: results }, null, 2)}\n`,
    );
  }
  return 0;
}

/** In turn, so that a slow minute of the machine hits all of them. */
async function runAll(names: ReadonlySet<string>): Promise<Results> {
  const results = new Results();
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const group of groups(names, repetition > 0)) {
      process.stderr.write(`${repetition + 1}/${repetitions} ${group.join(' and ')}\n`);
      const figures = await Promise.all(group.map(run));
      for (const [i, name] of group.entries()) results.add(name, figures[i] ?? {});
    }
  }
  return results;
}

function run(name: string): Promise<Figures> {
  const scenario = scenarios.get(name);
  if (!scenario) throw new Error(`There is no scenario ${name}.`);
  return scenario.run();
}

/** What runs at the same time, in order. */
function groups(names: ReadonlySet<string>, again: boolean): string[][] {
  const wanted = [...scenarios].filter(([name, { once }]) => names.has(name) && !(again && once === true));
  const all = wanted.map(([name]) => together.find((group) => group.includes(name)) ?? [name]);
  return [...new Map(all.map((group) => [group.join(), [...group]])).values()];
}

function machine(rates: Readonly<Record<Platform, number>>): string {
  const { width, height, framerate, gop } = source;
  const megabits = Object.entries(rates).map(([platform, rate]) => `${platform} ${(rate / 1e6).toFixed(1)}`);
  return (
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}; ` +
    `${width} × ${height} at ${framerate} fps, ${megabits.join(' and ')} Mbit/s, a key frame every ${gop} pictures; ` +
    `medians of ${repetitions} runs, slow and stalled viewers one run`
  );
}

process.exitCode = await main(process.argv.slice(2));
