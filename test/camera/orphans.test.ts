import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { carriesMark, endOrphans, ownerMark, ownerVariable } from '../../src/camera/orphans.js';
import { parseProcessStat, processStat } from '../../src/shared/proc.js';
import { systemClock } from '../../src/shared/clock.js';
import { isAlive } from '../support/camera-program.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const folder = temporaryFolder();
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process of its own group with this mark; its first word comes when it runs. */
async function marked(mark: string | undefined, script = 'echo ready; exec sleep 60'): Promise<number> {
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...(mark !== undefined && { [ownerVariable]: mark }) },
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** The mark of somebody who has ended. */
async function deadOwner(of = folder): Promise<string> {
  const owner = spawn('sleep', ['60']);
  const mark = `${owner.pid ?? 0}:${processStat(owner.pid ?? 0)?.startTime ?? 0n}:${of}`;
  owner.kill('SIGKILL');
  await once(owner, 'close');
  return mark;
}

const search = { folder, clock: systemClock, signal: new AbortController().signal };

test('ends what an earlier life left behind, with all that it started, and nobody else', async () => {
  const dead = await deadOwner();
  const orphan = await marked(dead);
  const stubborn = await marked(dead, `trap '' INT TERM; sleep 60 & echo $!; wait`);
  const strangers = await Promise.all([
    marked(undefined),
    marked(ownerMark(folder)),
    marked(await deadOwner('/another/folder')),
    marked(`${dead}/more`),
    marked('nonsense'),
  ]);
  const ended = await endOrphans(search);
  expect([...ended.ended].sort()).toEqual(expect.arrayContaining([orphan, stubborn]));
  expect(ended.hanging).toEqual([]);
  await until(() => !isAlive(orphan) && !isAlive(stubborn), 'the orphans are gone');
  expect(strangers.filter(isAlive)).toEqual(strangers);
  expect(await endOrphans(search)).toEqual({ ended: [], hanging: [] });
});

test('an owner whose id has passed to another process is gone', async () => {
  const orphan = await marked(`${process.pid}:1:${folder}`);
  expect((await endOrphans(search)).ended).toEqual([orphan]);
});

/** A folder that looks like /proc with one process in it. */
function fakeProc(pid: number, environment: string): string {
  const proc = temporaryFolder();
  mkdirSync(join(proc, String(pid)));
  const fields = ['S', 1, pid, ...Array<number>(16).fill(0), 4711];
  writeFileSync(join(proc, String(pid), 'stat'), `${pid} (rpicam (vid) x) ${fields.join(' ')} 0 0`);
  writeFileSync(join(proc, String(pid), 'environ'), environment);
  return proc;
}

describe('with a process that is not there', () => {
  // Above the highest id Linux gives (PID_MAX_LIMIT): a signal to it reaches nobody.
  const nobody = 4_194_400;

  test('one that not even SIGKILL ends is told after two seconds', async () => {
    const proc = fakeProc(nobody, `A=b\0${ownerVariable}=77:5:${folder}\0`);
    const clock = new FakeClock();
    let orphans: unknown;
    void endOrphans({ ...search, clock, proc }).then((found) => (orphans = found));
    await until(() => clock.pending > 0, 'it waits');
    await clock.advance(1999);
    expect(orphans).toBeUndefined();
    await clock.advance(51);
    await until(() => orphans !== undefined, 'it gives up');
    expect(orphans).toEqual({ ended: [], hanging: [nobody] });
  });

  test('the wait ends with the plugin', async () => {
    const proc = fakeProc(nobody, `${ownerVariable}=77:5:${folder}\0`);
    const abort = new AbortController();
    abort.abort();
    const found = await endOrphans({ ...search, clock: new FakeClock(), proc, signal: abort.signal });
    expect(found.hanging).toEqual([nobody]);
  });

  test('without /proc there are none', async () => {
    expect(await endOrphans({ ...search, proc: '/nonexistent' })).toEqual({ ended: [], hanging: [] });
  });
});

test('a process knows its own mark', async () => {
  const mark = ownerMark(folder);
  const pid = await marked(mark);
  expect(carriesMark(pid, mark)).toBe(true);
  expect(carriesMark(pid, `${mark}x`)).toBe(false);
  expect(carriesMark(pid, undefined)).toBe(false);
  expect(carriesMark(4_194_400, mark)).toBe(false);
});

test.each([
  ['', undefined],
  ['12 (cat) R 1 12', undefined],
  [`12 (a) b) (c) S 1 9 ${'0 '.repeat(16)}345 0`, { state: 'S', processGroup: 9, startTime: 345n }],
])('%j', (text, expected) => {
  expect(parseProcessStat(text)).toEqual(expected);
});
