import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { run, start, temporaryFolder } from './support/stand-in.js';

const VIDEO = ['-n', '--width', '1280', '--height', '720', '--flush', '-o', '-'];
const STREAM = {
  vc4: [...VIDEO, '-t', '0', '--inline'],
  pisp: [...VIDEO, '-t', '0', '--low-latency', '--libav-format', 'flv'],
} as const;
const FEW = [...VIDEO, '--frames', '3'];
const CAMERA = '/base/axi/pcie@1000120000/rp1/i2c@88000/imx219@10';
const BUSY = new RegExp(
  'INFO Camera camera.cpp:1021 Pipeline handler in use by another process\\n' +
    `ERROR: \\*\\*\\* failed to acquire camera ${CAMERA} \\*\\*\\*\\n$`,
);

describe('the lock of a camera', () => {
  test.concurrent.each(['vc4', 'pisp'] as const)(
    'is for one process until that dies (%s)',
    async (platform) => {
      const shared = { LOCK: temporaryFolder(), PLATFORM: platform };
      const first = start(STREAM[platform], shared);
      await first.streaming();
      const second = await run(STREAM[platform], shared);
      expect(second.code).toBe(255);
      expect(second.stdout).toHaveLength(0);
      expect(second.stderr).toMatch(BUSY);
      first.kill('SIGKILL');
      await first.end();
      const third = start(STREAM[platform], shared);
      await third.streaming();
      third.kill('SIGKILL');
    },
  );

  test.concurrent('goes to exactly one of many that come at once', async () => {
    const shared = { LOCK: temporaryFolder() };
    const all = Array.from({ length: 5 }, () => start(STREAM.vc4, shared));
    const running = (): number => all.filter((standIn) => !standIn.hasEnded).length;
    await Promise.all(all.map((standIn) => standIn.until(() => standIn.hasEnded || running() === 1)));
    const [winner] = all.filter((standIn) => !standIn.hasEnded);
    await winner?.streaming();
    expect(running()).toBe(1);
    winner?.kill('SIGKILL');
  });

  test.concurrent('is of one camera in one folder, and none at all by default', async () => {
    const shared = { LOCK: temporaryFolder(), CAMERAS: '2' };
    const first = start(STREAM.vc4, shared);
    await first.streaming();
    const others = await Promise.all([
      run([...FEW, '--camera', '1'], shared),
      run(FEW, { LOCK: temporaryFolder() }),
      run(FEW),
    ]);
    expect(others.map(({ code }) => code)).toEqual([0, 0, 0]);
    // It acquires every camera for a moment, so not at the same time.
    const list = await run(['--list-cameras'], shared);
    expect(list.code).toBe(0);
    const [, busy = '', free = ''] = list.stdout.toString().split(/^\d : /m);
    expect(busy).toContain(CAMERA);
    expect(busy).toContain(' 640x480 [30.00 fps - ');
    expect(free).toContain(' 640x480 [103.01 fps - ');
    first.kill('SIGKILL');
  });

  test.concurrent('can be held by nobody in particular, once', async () => {
    const once = { BUSY: '1', FAULT_ONCE: join(temporaryFolder(), 'once') };
    const list = await run(['--list-cameras'], once);
    expect(list.code).toBe(0);
    // As long as in the recording: there, too, every figure has four digits.
    expect(list.stdout).toHaveLength(422);
    const busy = await run(FEW, once);
    expect(busy.code).toBe(255);
    expect(busy.stderr).toMatch(BUSY);
    expect((await run(FEW, once)).code).toBe(0);
  });
});

describe('a camera that cannot be opened', () => {
  test.concurrent.each(['vc4', 'pisp'] as const)('for lack of permission (%s)', async (platform) => {
    const marker = join(temporaryFolder(), 'once');
    const once = { PERMISSION: '1', FAULT_ONCE: marker, PLATFORM: platform };
    const words = ['--version', '--help', '--list-cameras'];
    const [version, help, list] = await Promise.all(words.map((word) => run([word], once)));
    for (const probe of [version, help, list]) {
      expect(probe?.code).toBe(0);
      expect(probe?.stderr).toBe('Could not open any dmaHeap device\n');
    }
    expect(version?.stdout.toString()).toContain('rpicam-apps build: v1.12.0');
    expect(list?.stdout.toString()).toBe('No cameras available!\n');
    expect(existsSync(marker)).toBe(false);
    const { code, stderr } = await run(STREAM[platform], once);
    expect(code).toBe(255);
    expect(stderr).toMatch(/^Could not open any dmaHeap device\n/);
    expect(stderr).toMatch(
      /ERROR DmaBufAllocator dma_buf_allocator.cpp:119 Could not open any dma-buf provider\nERROR: \*\*\* no cameras available \*\*\*\n$/,
    );
    const healthy = start(STREAM[platform], once);
    await healthy.streaming();
    expect(healthy.stderr).not.toContain('dmaHeap');
    healthy.kill('SIGKILL');
  });

  test.concurrent('for any reason, once', async () => {
    const once = { FAIL_WITH: 'failed to start camera', FAULT_ONCE: join(temporaryFolder(), 'once') };
    const failed = await run(FEW, once);
    expect(failed.code).toBe(255);
    expect(failed.stderr).toMatch(/Adding camera .*\nERROR: \*\*\* failed to start camera \*\*\*\n$/);
    expect((await run(FEW, once)).code).toBe(0);
  });
});
