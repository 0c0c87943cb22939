import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { watchdogTime } from './camera-timeout.js';
import { splitAccessUnits } from './h264.js';
import { readFlv } from './support/read-flv.js';
import { pause, run, start, temporaryFolder } from './support/stand-in.js';

const VIDEO = ['-n', '--width', '1280', '--height', '720', '--framerate', '30', '--flush', '-o', '-'];
const STREAM = {
  vc4: [...VIDEO, '-t', '0', '--inline'],
  pisp: [...VIDEO, '-t', '0', '--low-latency', '--libav-format', 'flv'],
} as const;
const PLATFORMS = ['vc4', 'pisp'] as const;

const TIMEOUT =
  / WARN V4L2 v4l2_videodevice\.cpp:\d+ \/dev\/video0\[14:cap\]: Dequeue timer of 1000000\.00us has expired!\n.* ERROR RPI pipeline_base\.cpp:1367 Camera frontend has timed out!\n.* ERROR RPI pipeline_base\.cpp:1368 Please check that your camera sensor connector is attached securely\.\n.* ERROR RPI pipeline_base\.cpp:1369 Alternatively, try another cable and\/or sensor\.\nERROR: Device timeout detected, attempting a restart!!!\n/g;

function timeouts(stderr: string): number {
  return stderr.match(TIMEOUT)?.length ?? 0;
}

describe('a camera that times out', () => {
  test('does so after five frame times, but not before a second', () => {
    expect(watchdogTime(33_333)).toBe(1_000_000);
    expect(watchdogTime(500_000)).toBe(2_500_000);
  });

  test.concurrent('recovers with a gap, once (vc4)', async () => {
    const pts = join(temporaryFolder(), 'pts');
    const once = { TIMEOUT_AT: '3', TIMEOUTS: '1', FAULT_ONCE: join(temporaryFolder(), 'once') };
    const argv = [...VIDEO, '--frames', '8', '--save-pts', pts];
    const { code, stdout, stderr } = await run(argv, once);
    expect(code).toBe(0);
    expect(timeouts(stderr)).toBe(1);
    const times = readFileSync(pts, 'utf8').split('\n').slice(1, -1).map(Number);
    expect(times).toHaveLength(8);
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(steps.findIndex((step) => step >= 1000)).toBe(3);
    expect(Math.min(...steps)).toBeGreaterThan(30);
    const healthy = await run(argv, once);
    expect(timeouts(healthy.stderr)).toBe(0);
    expect(stdout.equals(healthy.stdout)).toBe(true);
  });

  test.concurrent('recovers with a gap (pisp)', async () => {
    const argv = [...VIDEO, '--frames', '8', '--low-latency', '--libav-format', 'flv'];
    const { stdout, stderr } = await run(argv, { PLATFORM: 'pisp', TIMEOUT_AT: '3', TIMEOUTS: '1' });
    expect(timeouts(stderr)).toBe(1);
    const pictures = readFlv(stdout).filter(({ type, data }) => type === 9 && data[1] === 1);
    expect(pictures).toHaveLength(8);
    const [before, after] = pictures.slice(3, 5).map(({ time }) => time);
    expect((after ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  test.concurrent.each(PLATFORMS)('does so for ever, and SIGINT is not looked at (%s)', async (platform) => {
    const standIn = start(STREAM[platform], { PLATFORM: platform, TIMEOUT_AT: '3' });
    await standIn.until(() => timeouts(standIn.stderr) > 0);
    const { length } = standIn.stdout;
    standIn.kill('SIGINT');
    await standIn.until(() => timeouts(standIn.stderr) > 2);
    expect(standIn.stderr).toContain('Received signal 2\n');
    expect(standIn.hasEnded).toBe(false);
    expect(standIn.stdout).toHaveLength(length);
    standIn.kill('SIGTERM');
    expect((await standIn.end()).signal).toBe('SIGTERM');
  });

  test.concurrent('looks at SIGINT when it has recovered', async () => {
    const standIn = start(STREAM.vc4, { TIMEOUT_AT: '3', TIMEOUTS: '2' });
    await standIn.until(() => timeouts(standIn.stderr) > 0);
    standIn.kill('SIGINT');
    const { code, stdout, stderr } = await standIn.end();
    expect(code).toBe(0);
    expect(timeouts(stderr)).toBe(2);
    expect(splitAccessUnits(stdout)).toHaveLength(4);
  });
});

describe('a program that has gone wrong', () => {
  test.concurrent.each(PLATFORMS)('streams on after SIGINT, once (%s)', async (platform) => {
    const marker = join(temporaryFolder(), 'once');
    const once = { IGNORE_SIGINT: '1', FAULT_ONCE: marker, PLATFORM: platform };
    const deaf = start(STREAM[platform], once);
    await deaf.streaming();
    expect(existsSync(marker)).toBe(false);
    deaf.kill('SIGINT');
    await deaf.until(() => deaf.stderr.includes('Received signal 2'));
    await pause(1000);
    const { length } = deaf.stdout;
    await deaf.streaming(length + 1);
    deaf.kill('SIGTERM');
    expect((await deaf.end()).signal).toBe('SIGTERM');
    const healthy = start(STREAM[platform], once);
    await healthy.streaming();
    healthy.kill('SIGINT');
    expect((await healthy.end()).code).toBe(0);
  });

  test.concurrent.each(PLATFORMS)('dies of an exception, once (%s)', async (platform) => {
    const once = {
      DIE_WITH: 'failed to queue request',
      FAULT_ONCE: join(temporaryFolder(), 'once'),
      PLATFORM: platform,
    };
    const first = await run(STREAM[platform], once);
    expect(first.signal).toBe('SIGABRT');
    expect(first.stderr).toMatch(
      /terminate called after throwing an instance of 'std::runtime_error'\n {2}what\(\): {2}failed to queue request\n$/,
    );
    const healthy = start(STREAM[platform], once);
    await healthy.streaming(60_000);
    healthy.kill('SIGKILL');
  });

  test.concurrent('dies of an exception at a picture', async () => {
    const { signal, stdout } = await run(STREAM.vc4, { DIE_WITH: 'any', DIE_AT: '4' });
    expect(signal).toBe('SIGABRT');
    expect(splitAccessUnits(stdout)).toHaveLength(4);
  });
});
