import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { openPtsFifo, type PtsFifo } from '../../src/camera/pts-fifo.js';
import { projectRoot } from '../setup/paths.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const opened: PtsFifo[] = [];

afterEach(() => {
  for (const fifo of opened.splice(0)) fifo.close();
});

async function open(at: string): Promise<{ fifo: PtsFifo | undefined; text: () => string }> {
  let text = '';
  const fifo = await openPtsFifo(at, (chunk) => (text += chunk.toString()), '/nonexistent');
  if (fifo) opened.push(fifo);
  return { fifo, text: () => text };
}

test('makes a FIFO that only this user may open, in a folder likewise, and removes it', async () => {
  const at = join(temporaryFolder(), 'run', 'garden.pts');
  const { fifo, text } = await open(at);
  expect(fifo?.path).toBe(at);
  expect(statSync(at).isFIFO()).toBe(true);
  expect(statSync(at).mode & 0o777).toBe(0o600);
  expect(statSync(join(at, '..')).mode & 0o777).toBe(0o700);
  // Two writers, one after the other: the end of the first is not the end.
  for (const line of ['0.000\n', '33.333\n']) {
    appendFileSync(at, line);
    await until(() => text().endsWith(line), line);
  }
  expect(text()).toBe('0.000\n33.333\n');
  fifo?.close();
  fifo?.close();
  expect(existsSync(at)).toBe(false);
});

test.each([
  ['an old FIFO', async (at: string): Promise<unknown> => openPtsFifo(at, () => undefined)],
  ['a file', (at: string): unknown => writeFileSync(at, 'old')],
])('replaces %s', async (_what, prepare) => {
  const at = join(temporaryFolder(), 'garden.pts');
  const old = await prepare(at);
  const { fifo, text } = await open(at);
  expect(fifo).toBeDefined();
  expect(statSync(at).isFIFO()).toBe(true);
  appendFileSync(at, '0.000\n');
  await until(() => text() === '0.000\n', 'the line');
  if (typeof old === 'object') opened.push(old as PtsFifo);
});

test.each([
  ['the folder cannot be made', (at: string): string => (writeFileSync(at, ''), join(at, 'garden.pts'))],
  [
    'something else has its name',
    (at: string): string => (mkdirSync(join(at, 'full'), { recursive: true }), at),
  ],
  // Not even root may.
  ['the folder may not be written', (): string => '/proc/self/garden.pts'],
])('there is none when %s', async (_what, prepare) => {
  const at = prepare(join(temporaryFolder(), 'garden.pts'));
  expect((await open(at)).fifo).toBeUndefined();
});

test('there is none when there is no mkfifo', async () => {
  const module = pathToFileURL(join(projectRoot, 'dist/src/camera/pts-fifo.js')).href;
  const at = join(temporaryFolder(), 'garden.pts');
  const script = `import { openPtsFifo } from '${module}';
    console.log(await openPtsFifo('${at}', () => undefined));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: '/nonexistent' },
    timeout: 10_000,
  });
  expect(stdout).toBe('undefined\n');
  expect(existsSync(at)).toBe(false);
});
