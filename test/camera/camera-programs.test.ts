import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CameraPrograms } from '../../src/camera/camera-programs.js';
import { ProgramError } from '../../src/camera/program.js';
import type { Clock } from '../../src/shared/clock.js';
import { ProcessSlots } from '../../src/media/process-slots.js';
import { recording } from '../support/fixtures.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const first = '/base/axi/pcie@1000120000/rp1/i2c@88000/imx219@10';
const second = '/base/axi/pcie@1000120000/rp1/i2c@80000/ov5647@36';
const answers = join(temporaryFolder(), 'answers');
writeFileSync(`${answers}.version`, recording('version-1.12.txt'));
writeFileSync(`${answers}.help`, recording('help-1.12.txt'));
writeFileSync(`${answers}.two`, recording('list-cameras.two.txt'));
writeFileSync(`${answers}.one`, recording('list-cameras.pisp.txt'));
writeFileSync(`${answers}.none`, recording('list-cameras.none.txt'));

const aborts: AbortController[] = [];

afterEach(() => {
  for (const abort of aborts.splice(0)) abort.abort();
});

/** A program in a folder of its own; `$here/listed` has a line for each listing. */
function program(
  list: string,
  version = `cat ${answers}.version`,
  name = 'rpicam-vid',
): { path: string; folder: string } {
  const folder = temporaryFolder();
  const path = join(folder, name);
  const text = `#!/bin/sh
here='${folder}'
case "$1" in
--version) ${version};;
--help) cat ${answers}.help;;
--list-cameras) echo x >> "$here/listed"; ${list};;
esac
`;
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return { path, folder };
}

const listings = ({ folder }: { folder: string }): number => {
  try {
    return readFileSync(join(folder, 'listed'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
};

function programs(path = process.env.PATH, clock: Clock = new FakeClock()): CameraPrograms {
  const abort = new AbortController();
  aborts.push(abort);
  return new CameraPrograms({
    environment: { ...process.env, PATH: path },
    registry: new ProcessSlots(),
    clock,
    log: () => undefined,
    signal: abort.signal,
    ready: Promise.resolve([]),
  });
}

describe('the program', () => {
  test.each([
    ['misses a library', 'echo "rpicam-vid: error while loading shared libraries: x.so" >&2; exit 127'],
    ['crashes', 'kill -SEGV $$'],
    ['says nothing', 'exit 3'],
  ])('a stale copy that %s does not stand in the way of the next one', async (_what, version) => {
    const stale = program('exit 0', version);
    const good = program(`cat ${answers}.two`);
    const found = await programs(`${stale.folder}:${good.folder}:${process.env.PATH ?? ''}`).probe(undefined);
    expect(found).toMatchObject({ path: good.path, version: 'v1.12.0', libav: true });
  });

  test('the new name comes first, wherever it is', async () => {
    const old = program('exit 0', `cat ${answers}.version`, 'libcamera-vid');
    const newer = program('exit 0');
    const found = await programs(`${old.folder}:${newer.folder}:${process.env.PATH ?? ''}`).probe(undefined);
    expect(found.path).toBe(newer.path);
  });

  test('when none can run, the first one’s trouble is told', async () => {
    const stale = program('exit 0', 'echo "x: error while loading shared libraries: x.so" >&2; exit 127');
    const probe = programs(`${stale.folder}:/usr/bin:/bin`).probe(stale.path);
    await expect(probe).rejects.toMatchObject({ diagnosis: { kind: 'install' } });
  });

  test('is asked once, again when it failed, and again when it is to be', async () => {
    const { path, folder } = program('exit 0', `echo x >> "$here/asked"; cat ${answers}.version`);
    const shared = programs();
    await Promise.all([shared.probe(path), shared.probe(path)]);
    await shared.probe(path);
    const asked = (): number => readFileSync(join(folder, 'asked'), 'utf8').split('\n').length - 1;
    expect(asked()).toBe(1);
    shared.forget(path);
    await shared.probe(path);
    expect(asked()).toBe(2);
  });
});

describe('a camera with an id', () => {
  test('is looked up once, before anything streams', async () => {
    const own = program(`cat ${answers}.two`);
    const shared = programs();
    shared.prepare([{ program: own.path, camera: second }]);
    const release = await shared.stream();
    expect(listings(own)).toBe(1);
    expect(await shared.find(own.path, second)).toMatchObject({ index: 1, sensor: 'ov5647' });
    expect(listings(own)).toBe(1);
    release();
  });

  test('is not looked for while another one streams, and not denied from memory', async () => {
    const own = program(`cat ${answers}.one`);
    const shared = programs();
    await shared.list(own.path);
    const release = await shared.stream();
    expect(await shared.find(own.path, second)).toBeUndefined();
    expect(listings(own)).toBe(1);
    release();
    expect(await shared.find(own.path, second)).toMatchObject([{ id: first }]);
    expect(listings(own)).toBe(2);
  });

  test('that registers late at boot is waited for, for a moment', async () => {
    const own = program(
      `[ "$(wc -l < "$here/listed")" -lt 3 ] && exec cat ${answers}.one; cat ${answers}.two`,
    );
    const clock = new FakeClock();
    const shared = programs(process.env.PATH, clock);
    shared.prepare([{ program: own.path, camera: second }]);
    let release: (() => void) | undefined;
    void shared.stream().then((given) => (release = given));
    for (const done of [1, 2]) {
      await until(() => listings(own) === done && clock.pending === 1, `listing ${done}`);
      expect(release).toBeUndefined();
      await clock.advance(2000);
    }
    await until(() => release !== undefined, 'the stream may begin');
    expect(await shared.find(own.path, second)).toMatchObject({ index: 1 });
    release?.();
  });

  test('is not said to be missing when the devices may not be opened', async () => {
    const own = program(`echo 'ERROR: *** Could not open any dmaHeap device ***' >&2; cat ${answers}.none`);
    const find = programs().find(own.path, first);
    await expect(find).rejects.toBeInstanceOf(ProgramError);
    await expect(find).rejects.toMatchObject({ diagnosis: { kind: 'permission' } });
  });

  test('nor when the listing fails', async () => {
    const own = program('kill -SEGV $$');
    await expect(programs().find(own.path, first)).rejects.toThrow('--list-cameras failed (SIGSEGV)');
  });
});

test('a listing that hangs ends after ten seconds, and streams wait no longer', async () => {
  const own = program('exec sleep 60');
  const shared = programs();
  const begunMs = performance.now();
  const list = shared.list(own.path);
  await until(() => listings(own) === 1, 'the listing');
  const stream = shared.stream();
  await expect(list).rejects.toThrow('did not answer within 10 s');
  (await stream)();
  expect(performance.now() - begunMs).toBeLessThan(25_000);
}, 40_000);

test('two cameras on one sensor: the second one is told whose it is, until it is free', () => {
  const shared = programs();
  const release = shared.claim('a', 'Garden', '/usr/bin/rpicam-vid', 0);
  expect(shared.claim('b', 'Door', '/usr/bin/rpicam-vid', 0)).toBe('Garden');
  expect(typeof shared.claim('b', 'Door', '/usr/bin/rpicam-vid', 1)).toBe('function');
  if (typeof release === 'function') release();
  expect(typeof shared.claim('c', 'Yard', '/usr/bin/rpicam-vid', 0)).toBe('function');
});
