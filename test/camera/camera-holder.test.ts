import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findCameraHolder, withHolder } from '../../src/camera/camera-holder.js';
import type { Diagnosis } from '../../src/camera/diagnosis.js';
import { isAlive, makeProgram } from '../support/camera-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

interface FakeProcess {
  readonly pid: number;
  readonly words: readonly string[];
  /** What its descriptors lead to; nothing: they may not be read. */
  readonly open?: readonly string[];
  readonly state?: string;
}

function fakeProc(processes: readonly FakeProcess[]): string {
  const proc = temporaryFolder();
  for (const { pid, words, open, state = 'S' } of processes) {
    const folder = join(proc, String(pid));
    mkdirSync(folder);
    writeFileSync(join(folder, 'cmdline'), words.map((word) => `${word}\0`).join(''));
    writeFileSync(join(folder, 'stat'), `${pid} (odd) Z name) ${state} 1 1 1`);
    if (open) mkdirSync(join(folder, 'fd'));
    open?.forEach((target, number) => symlinkSync(target, join(folder, 'fd', String(number))));
  }
  mkdirSync(join(proc, 'sys'));
  return proc;
}

const nobodyIsOurs = (): boolean => false;
const find = (processes: readonly FakeProcess[]): ReturnType<typeof findCameraHolder> =>
  findCameraHolder({ proc: fakeProc(processes), isOurs: nobodyIsOurs });

const shell = { pid: 10, words: ['-bash'], open: ['/dev/tty1', '/dev/null'] };
const rpicamOfOther = { pid: 20, words: ['/usr/bin/rpicam-hello', '-t', '0'] };
const withMedia = { pid: 30, words: ['/opt/allsky', '--day'], open: ['/dev/null', '/dev/media1'] };

describe('who has the camera', () => {
  test('nobody', async () => {
    expect(await find([shell])).toBeUndefined();
    expect(await findCameraHolder({ proc: '/nonexistent', isOurs: nobodyIsOurs })).toBeUndefined();
  });

  test.each(['/dev/media0', '/dev/media12', '/dev/video0', '/dev/video20'])(
    'who has %s open',
    async (device) => {
      const holder = { pid: 31, words: ['/opt/allsky'], open: ['/dev/null', device] };
      expect(await find([shell, rpicamOfOther, holder])).toEqual({ name: 'allsky', pid: 31 });
    },
  );

  test.each(['/dev/video11', '/dev/video19', '/dev/mediator', '/dev/snd/video0'])(
    'not who has %s open',
    async (device) => {
      expect(await find([{ pid: 32, words: ['/usr/bin/vlc'], open: [device] }])).toBeUndefined();
    },
  );

  test.each<[string, readonly string[]]>([
    ['rpicam-still', ['rpicam-still', '-o', 'a.jpg']],
    ['libcamera-vid', ['/usr/bin/libcamera-vid']],
    ['rpicam-vid', ['/bin/sh', '-e', '/home/pi/rpicam-vid', '-n']],
    ['mtxrpicam', ['/dev/shm/mediamtx-rpicamera-1/mtxrpicam']],
    ['watch.py', ['/usr/bin/python3', '/home/pi/picamera2/watch.py']],
    ['meyectl', ['/usr/bin/python3.11', '/usr/local/bin/meyectl', 'startserver']],
    ['mediamtx', ['./mediamtx', 'mediamtx.yml']],
    ['go2rtc', ['/usr/local/bin/go2rtc']],
    ['motion', ['/usr/bin/motion', '-n']],
    ['motioneye', ['motioneye']],
    ['mjpg_streamer', ['mjpg_streamer', '-i', 'input_libcamera.so']],
    ['ustreamer', ['ustreamer', '--device=/dev/video0']],
    ['camera-streamer', ['camera-streamer']],
    ['gst-launch-1.0', ['gst-launch-1.0', 'libcamerasrc', '!', 'fakesink']],
    ['ffmpeg', ['ffmpeg', '-i', '/dev/video0', 'a.mp4']],
  ])('%s, known by its command line alone', async (name, words) => {
    expect(await find([shell, { pid: 40, words }])).toEqual({ name, pid: 40 });
  });

  test.each<[readonly string[]]>([
    [['ffmpeg', '-i', 'tcp://127.0.0.1:8089', 'a.mp4']],
    [['gst-launch-1.0', 'videotestsrc', '!', 'fakesink']],
    [['/usr/bin/python3', '/home/pi/garden.py']],
    [['motionless']],
    [['vim', 'rpicam-vid.md']],
    [['']],
  ])('not %j', async (words) => {
    expect(await find([{ pid: 41, words }])).toBeUndefined();
  });

  test('who has it open comes before who might, and a service that only lists cameras is nobody', async () => {
    const relay = { pid: 42, words: ['go2rtc'] };
    const desktop = { pid: 43, words: ['/usr/bin/wireplumber'], open: ['/dev/media0', '/dev/video0'] };
    const program = { pid: 44, words: ['rpicam-vid'], open: ['/dev/media0'] };
    expect(await find([desktop, relay, rpicamOfOther, withMedia, program])).toMatchObject({ pid: 44 });
    expect(await find([desktop, relay, rpicamOfOther, withMedia])).toMatchObject({ pid: 30 });
    expect(await find([desktop, relay, rpicamOfOther])).toMatchObject({ pid: 20 });
    expect(await find([desktop, relay])).toMatchObject({ pid: 42 });
    // A desktop's sound server has all of them open, and uses none.
    expect(await find([desktop])).toBeUndefined();
  });

  test('not this process, not ours, and no zombie', async () => {
    const proc = fakeProc([
      { ...withMedia, pid: process.pid },
      { ...withMedia, pid: 51 },
      { ...rpicamOfOther, pid: 52, state: 'Z' },
    ]);
    expect(await findCameraHolder({ proc, isOurs: (pid) => pid === 51 })).toBeUndefined();
    expect(await findCameraHolder({ proc, isOurs: nobodyIsOurs })).toMatchObject({ pid: 51 });
  });

  test('a name is short, on one line and without quotes', async () => {
    const found = await find([{ pid: 60, words: [`/opt/a"b\n${'x'.repeat(500)}`], open: ['/dev/media0'] }]);
    expect(found?.name).toMatch(/^a b x{1,56}$/);
  });

  test('a real process on this machine', async () => {
    const program = makeProgram({ body: 'while :; do sleep 0.1; done' });
    const child = spawn(program.path, ['-n'], { stdio: 'ignore' });
    try {
      await until(() => program.runs().length === 1, 'it runs');
      const [pid = 0] = program.runs();
      const others = (other: number): boolean => other !== pid;
      expect(await findCameraHolder({ isOurs: others })).toEqual({ name: 'rpicam-vid', pid });
      expect(await findCameraHolder({ isOurs: () => true })).toBeUndefined();
    } finally {
      child.kill('SIGKILL');
    }
    await until(() => child.pid !== undefined && !isAlive(child.pid), 'it is gone');
  });
});

describe('the holder in the diagnosis', () => {
  const busy: Diagnosis = {
    kind: 'busy',
    reason: 'Another program is using the camera. It said: "failed to acquire camera /base/imx708@1a".',
    remedy: 'End that program.',
  };
  const holder = { name: 'rpicam-hello', pid: 812 };

  test('is named, with the command that ends it', () => {
    expect(withHolder(busy, holder)).toEqual({
      kind: 'busy',
      reason:
        'Another program is using the camera: rpicam-hello, process 812. It said: "failed to acquire camera /base/imx708@1a".',
      remedy: 'End it: sudo kill 812',
    });
    expect(withHolder({ ...busy, reason: 'Another program is using the camera.' }, holder).reason).toBe(
      'Another program is using the camera: rpicam-hello, process 812.',
    );
  });

  test('is left out when there is none, and when the camera is not busy', () => {
    expect(withHolder(busy, undefined)).toBe(busy);
    const other: Diagnosis = { ...busy, kind: 'transient' };
    expect(withHolder(other, holder)).toBe(other);
  });
});
