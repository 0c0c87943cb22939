import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readFileSync, readSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { splitAccessUnits } from './h264.js';
import { isAlive, waitFor } from './support/processes.js';
import { pause, PROGRAM, run, start, temporaryFolder } from './support/stand-in.js';
import type { StandIn } from './support/stand-in.js';

const VIDEO = ['-n', '--width', '1280', '--height', '720', '--framerate', '30'];
const STREAM = [...VIDEO, '-t', '0', '--inline', '--flush', '-o', '-'];

/** Pictures that have come so far, the newest of which may not be complete. */
function pictures(standIn: StandIn): number {
  return splitAccessUnits(standIn.stdout).length;
}

function makeFifo(): string {
  const path = join(temporaryFolder(), 'fifo');
  spawnSync('mkfifo', [path]);
  return path;
}

/** Everything that can be read from a FIFO right now. */
function drain(fd: number): string {
  const buffer = Buffer.alloc(65536);
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } catch {
    return '';
  }
}

describe('pacing', () => {
  test.concurrent('is real time', async () => {
    const standIn = start(STREAM);
    await standIn.streaming();
    const before = pictures(standIn);
    const since = Date.now();
    await pause(3000);
    const perSecond = (pictures(standIn) - before) / ((Date.now() - since) / 1000);
    expect(perSecond).toBeGreaterThan(20);
    expect(perSecond).toBeLessThan(40);
    standIn.kill('SIGTERM');
    expect((await standIn.end()).signal).toBe('SIGTERM');
  });

  test.concurrent('stops when nobody reads, and goes on with a gap in the times', async () => {
    const file = join(temporaryFolder(), 'pts');
    const standIn = start([...STREAM, '--save-pts', file]);
    await standIn.streaming();
    standIn.child.stdout?.pause();
    await pause(4000);
    const stuckAt = readFileSync(file, 'utf8');
    await pause(1000);
    expect(readFileSync(file, 'utf8')).toBe(stuckAt);
    standIn.child.stdout?.resume();
    await standIn.until(() => readFileSync(file, 'utf8').length > stuckAt.length + 300);
    standIn.kill('SIGINT');
    const { code, stdout } = await standIn.end();
    expect(code).toBe(0);
    const times = readFileSync(file, 'utf8').split('\n').slice(1, -1).map(Number);
    expect(splitAccessUnits(stdout)).toHaveLength(times.length);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(500);
    expect(Math.min(...gaps)).toBeGreaterThan(30);
  });

  test.concurrent('logs when each picture was written', async () => {
    const log = join(temporaryFolder(), 'writes');
    const before = Number(process.hrtime.bigint() / 1000n);
    await run([...VIDEO, '--frames', '10', '--flush', '-o', '-'], { WRITE_LOG: log });
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
    const times = lines.map((line) => Number(line.split(' ')[1]));
    expect(Math.min(...times)).toBeGreaterThan(before);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('the timestamp file', () => {
  test.concurrent('waits for a reader before anything else, and dies of SIGINT meanwhile', async () => {
    const standIn = start([...STREAM, '--save-pts', makeFifo()]);
    await standIn.until(() => standIn.stderr.includes('Adding camera'));
    await pause(1000);
    expect(standIn.stdout).toHaveLength(0);
    expect(standIn.stderr).not.toContain('Mode selection');
    standIn.kill('SIGINT');
    expect((await standIn.end()).signal).toBe('SIGINT');
  });

  test.concurrent('has a line for every picture at once with --flush, and none without', async () => {
    const fifos = [makeFifo(), makeFifo()] as const;
    const [flushed, kept] = fifos.map((path) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    const without = STREAM.filter((word) => word !== '--flush');
    const standIns = [
      start([...STREAM, '--save-pts', fifos[0]]),
      start([...without, '--save-pts', fifos[1]]),
    ] as const;
    await Promise.all(standIns.map((standIn) => standIn.until(() => pictures(standIn) > 20)));
    const [text, nothing] = [drain(flushed ?? -1), drain(kept ?? -1)];
    [flushed, kept].forEach((fd) => closeSync(fd ?? -1));
    expect(text.split('\n').length).toBeGreaterThan(20);
    expect(text).toMatch(/^# timecode format v2\n0\.000\n33\.333\n/);
    expect(nothing).toBe('');
  });

  test.concurrent('may lose its reader: one message per picture, and the stream goes on', async () => {
    const fifo = makeFifo();
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const standIn = start([...STREAM, '--save-pts', fifo]);
    await standIn.streaming();
    closeSync(fd);
    await standIn.until(() => standIn.stderr.split('Received signal 13').length > 5);
    const before = pictures(standIn);
    await standIn.until(() => pictures(standIn) > before + 5);
  });
});

describe('faults', () => {
  test.concurrent('no camera', async () => {
    const { code, stderr } = await run(STREAM, { CAMERAS: '0' });
    expect(code).toBe(255);
    expect(stderr).toMatch(/ERROR: \*\*\* no cameras available \*\*\*\n$/);
  });

  test.concurrent('a crash at a picture, once', async () => {
    const once = join(temporaryFolder(), 'once');
    const faults = { CRASH_AT: '5', FAULT_ONCE: once };
    const { signal, stdout } = await run(STREAM, faults);
    expect(signal).toBe('SIGSEGV');
    expect(splitAccessUnits(stdout)).toHaveLength(5);
    expect(existsSync(once)).toBe(true);
    const { code } = await run([...VIDEO, '--frames', '10', '-o', '-'], faults);
    expect(code).toBe(0);
  });

  test.concurrent('a silent stall, during which SIGINT does nothing', async () => {
    const standIn = start(STREAM, { STALL_AT: '5' });
    await standIn.until(() => pictures(standIn) === 6);
    await pause(1000);
    standIn.kill('SIGINT');
    await standIn.until(() => standIn.stderr.includes('Received signal 2'));
    await pause(1000);
    expect(standIn.hasEnded).toBe(false);
    expect(pictures(standIn)).toBe(6);
    standIn.kill('SIGTERM');
    expect((await standIn.end()).signal).toBe('SIGTERM');
  });

  test.concurrent('a slow start, during which SIGINT kills', async () => {
    const standIn = start(STREAM, { START_DELAY_MS: '30000' });
    await standIn.until(() => standIn.stderr.includes('configuring streams'));
    await pause(1000);
    expect(standIn.stdout).toHaveLength(0);
    standIn.kill('SIGINT');
    expect((await standIn.end()).signal).toBe('SIGINT');
  });
});

describe('signals with --signal', () => {
  test.concurrent('SIGUSR1 pauses up to the next SIGUSR1 and IDR picture, SIGUSR2 ends', async () => {
    const standIn = start([...STREAM, '--signal']);
    await standIn.streaming();
    standIn.kill('SIGUSR1');
    await standIn.until(() => standIn.stderr.includes('Received signal 10'));
    await pause(500);
    const paused = standIn.stdout.length;
    await pause(1000);
    expect(standIn.stdout).toHaveLength(paused);
    standIn.kill('SIGUSR1');
    await standIn.until(() => standIn.stdout.length > paused);
    standIn.kill('SIGUSR2');
    const { code, stdout } = await standIn.end();
    expect(code).toBe(0);
    expect(splitAccessUnits(stdout.subarray(paused))[0]?.idr).toBe(true);
  });
});

describe('the process', () => {
  test.concurrent('outlives its parent until a write fails', async () => {
    const log = join(temporaryFolder(), 'writes');
    // The shell dies at once; the stand-in keeps the stdout that this test reads.
    const shell = spawn('sh', ['-c', '"$@" & echo $! >&2', 'sh', PROGRAM, ...STREAM], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CAMERA_STAND_IN_NODE: process.execPath, CAMERA_STAND_IN_WRITE_LOG: log },
    });
    const pid = Number(await new Promise<string>((resolve) => shell.stderr.once('data', resolve)));
    try {
      shell.stdout.resume();
      const lines = (): number => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length : 0);
      await waitFor(() => shell.exitCode !== null && lines() > 30);
      shell.stdout.destroy();
      await waitFor(() => !isAlive(pid));
    } finally {
      if (isAlive(pid)) {
        process.kill(pid, 'SIGKILL');
      }
    }
  });

  test.concurrent('can be called through a symbolic link and keeps its process id', async () => {
    const link = join(temporaryFolder(), 'rpicam-vid');
    symlinkSync(PROGRAM, link);
    const env = { ...process.env, CAMERA_STAND_IN_NODE: process.execPath };
    const child = spawn(link, STREAM, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      const line = await new Promise<Buffer>((resolve) => child.stderr.once('data', resolve));
      expect(line.toString()).toContain(`[${String(child.pid)}]`);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
