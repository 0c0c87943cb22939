import { constants } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byWords, type DiagnosisContext, diagnose, type ProcessEnd } from '../../src/camera/diagnosis.js';
import * as own from '../../src/camera/own-diagnoses.js';
import { recordedCases } from '../camera-stand-in/support/recorded-cases.js';
import { contractRows } from './contract-table.js';

const pi: DiagnosisContext = {
  user: 'homebridge',
  program: 'rpicam-vid',
  platform: 'vc4',
  tuningFile: false,
};

function endOf(stderr: readonly string[], end: Partial<ProcessEnd> = {}): ProcessEnd {
  return { code: 255, signal: null, stderr, ...end };
}

describe('every text of the contract', () => {
  test.each(contractRows)('$title', ({ stderr, end, context, kind, says, remedy }) => {
    const found = diagnose(endOf(stderr, end), { ...pi, ...context });
    expect(found.reason).toContain(says);
    expect(found).toEqual({
      kind,
      reason: expect.stringMatching(/^[A-Z].*\.$/),
      remedy: expect.stringMatching(remedy),
    });
  });

  test('whatever else was said, in colours, and with other addresses, clocks and ids', () => {
    const around = [
      '[0:00:01.000000000] [99]  INFO Camera camera_manager.cpp:340 libcamera v0.5.2',
      'No post processing stage found for "x"',
    ];
    for (const { stderr, end, context } of contractRows) {
      const all = { ...pi, ...context };
      const plain = diagnose(endOf(stderr, end), all);
      const coloured = stderr.map((line) =>
        line
          .replace(/^\[.*?\] \[\d+\]/, '[9:59:59.999999999] [4321]')
          .replace(
            /(WARN|ERROR) (\w+) some_file.cpp:123/,
            '\x1b[1;31m$1 \x1b[1;37m$2 \x1b[1;34mother.cpp:7\x1b[0m',
          )
          .replace('[14:cap]', '[23:cap]'),
      );
      expect(diagnose(endOf([...around, ...coloured], end), all)).toEqual(plain);
    }
  });

  test('titles are unique', () => {
    expect(new Set(contractRows.map(({ title }) => title)).size).toBe(contractRows.length);
  });
});

const reasons = {
  permission: 'may not be opened by the user "homebridge" that runs Homebridge.',
  busy: 'Another program is using the camera.',
  none: 'No camera was found.',
  number: 'There is no camera with the configured number.',
  option: 'The camera program refuses an option.',
  value: 'The camera program refuses the value of an option.',
  encoder: 'The video encoder refuses its settings.',
  file: 'may not write a file of the camera program',
  postProcess: 'The post-processing file',
  closed: 'The output of the camera program was closed, or its clock jumped.',
  killed: 'The camera program was killed.',
  ended: 'Something else ended the camera program.',
  crashed: 'The camera program crashed (SIGSEGV).',
} as const;

/** The titles in failures-and-signals.txt that begin so, and what they are. */
const recorded: readonly [RegExp, keyof typeof reasons][] = [
  [/: (?:bad option|option of another app|ambiguous prefix|bad value|option given twice)/, 'option'],
  [/pisp: positional argument|: --codec given twice/, 'option'],
  [/: bad awb|: bad profile|: rotation (?:90|45)|: --codec h265|vc4: level 3\.1|: lores larger/, 'value'],
  [/: camera index out of range/, 'number'],
  [/: no cameras/, 'none'],
  [/: second process on same camera \(the second\)/, 'busy'],
  [/^no Pi devices at all \(Platform::MISSING\)$/, 'permission'],
  [/pisp: (?:bad bitrate|save-pts with|segment with|plain -o)/, 'encoder'],
  [/: save-pts in a missing directory/, 'file'],
  [/: post-process file missing/, 'postProcess'],
  [/: reader closes stdout/, 'closed'],
  [/SIGTERM|SIGHUP|SIGINT at 0\.02s/, 'ended'],
  [/: reader stops reading|SIGKILL/, 'killed'],
  [/vc4: bad bitrate/, 'crashed'],
];

describe('what rpicam-vid 1.12 really said', () => {
  const failed = recordedCases().filter(({ exit }) => exit !== 'code 0');

  test.each(failed)('$title', ({ title, exit, stderr }) => {
    const [how, value = ''] = exit.split(' ');
    const end = {
      code: how === 'code' ? Number(value) : null,
      signal: how === 'signal' ? value : null,
      stderr: stderr.split('\n'),
    };
    const reason = recorded.find(([pattern]) => pattern.test(title))?.[1];
    expect(reason).toBeDefined();
    const found = diagnose(end, pi);
    expect(found.reason).toContain(reason && reasons[reason]);
    expect(found.remedy).toMatch(/^[A-Z].*\w/);
    const quoted = /ERROR: \*\*\* (.*) \*\*\*/.exec(stderr)?.[1];
    if (quoted !== undefined && reason !== 'busy' && reason !== 'permission') {
      expect(found.reason).toContain(`It said: "${quoted}".`);
    }
  });

  test('covers every row of the table', () => {
    const unused = recorded.filter(
      ([pattern]) =>
        !failed.some(({ title }) => recorded.find(([first]) => first.test(title))?.[0] === pattern),
    );
    expect(unused).toEqual([]);
    expect(failed.length).toBeGreaterThan(40);
  });
});

describe('an end without words', () => {
  test.each<[string, Partial<ProcessEnd>, string, string]>([
    ['killed', { code: null, signal: 'SIGKILL' }, 'transient', 'The camera program was killed.'],
    ['crashed', { code: null, signal: 'SIGSEGV' }, 'transient', 'The camera program crashed (SIGSEGV).'],
    ['aborted', { code: null, signal: 'SIGABRT' }, 'transient', 'The camera program crashed (SIGABRT).'],
    ['ended', { code: null, signal: 'SIGTERM' }, 'transient', 'Something else ended the camera program.'],
    [
      'interrupted',
      { code: null, signal: 'SIGINT' },
      'transient',
      'Something else ended the camera program.',
    ],
    [
      'closed',
      { code: null, signal: 'SIGPIPE' },
      'transient',
      'The output of the camera program was closed.',
    ],
    [
      'foreign',
      { code: null, signal: 'SIGILL' },
      'install',
      'The camera program is not made for this processor.',
    ],
    ['finished', { code: 0 }, 'transient', 'The camera program ended by itself.'],
    ['missing', { code: 127 }, 'install', 'The camera program, or a part of it, is missing.'],
    ['unable', { code: 126 }, 'install', 'The camera program, or a part of it, is missing.'],
    ['failed', { code: 3 }, 'transient', 'The camera program ended unexpectedly (exit status 3).'],
    ['odd', { code: null }, 'transient', 'The camera program ended unexpectedly (exit status unknown).'],
  ])('%s', (_how, end, kind, reason) => {
    const found = diagnose(endOf([], end), pi);
    expect(found).toEqual({ kind, reason, remedy: expect.stringMatching(/^[A-Z].*\w/) });
    expect(byWords([], pi)).toBeUndefined();
  });

  test.each([
    ['spawn /usr/bin/rpicam-vid ENOENT', {}, 'install'],
    ['4711: 1: exec: /usr/bin/rpicam-vid: not found', { code: 127 }, 'install'],
    ['spawn /usr/bin/rpicam-vid EACCES', {}, 'permission'],
    ['4711: 1: exec: /usr/bin/rpicam-vid: Permission denied', { code: 126 }, 'permission'],
    ['spawn /usr/bin/rpicam-vid EAGAIN', {}, 'transient'],
  ])('that never began: %s', (line, end, kind) => {
    const { reason, ...found } = diagnose(endOf([line], { code: null, ...end }), pi);
    expect(found).toEqual({ kind, remedy: expect.stringMatching(/\w/) });
    // Without the id of the shell, which is another one every time.
    expect(reason).toContain(`It said: "${line.replace('4711: 1: ', '')}".`);
  });

  test('what it grumbled before somebody ended it is not why it ended', () => {
    const grumble =
      "[0:00:01.0] [9] ERROR V4L2 a.cpp:1 'imx708': Unable to set controls: Device or resource busy";
    const end = endOf([grumble], { code: null, signal: 'SIGTERM' });
    expect(diagnose(end, pi).kind).toBe('transient');
    expect(byWords(end.stderr, pi)?.kind).toBe('busy');
  });

  test('an error nobody knows is quoted', () => {
    expect(diagnose(endOf(['INFO fine', 'ERROR: *** the moon is full ***', 'more']), pi).reason).toBe(
      'The camera program ended unexpectedly (exit status 255). It said: "the moon is full".',
    );
  });
});

test('what libcamera says only when it is asked for every detail is no cause', () => {
  const detail = '[0:00:01.000000000] [99] DEBUG V4L2 a.cpp:1 /dev/video9: Permission denied';
  expect(byWords([detail], pi)).toBeUndefined();
  expect(byWords([detail.replace('DEBUG', 'ERROR')], pi)?.kind).toBe('permission');
});

test('names the user for the video group, and the container when that is root', () => {
  const end = endOf(['Could not open any dmaHeap device', 'ERROR: *** no cameras available ***']);
  expect(diagnose(end, { ...pi, user: 'maria' }).remedy).toBe(
    'Run: sudo usermod -aG video maria, then restart Homebridge.',
  );
  expect(diagnose(end, { ...pi, user: 'root' }).remedy).toContain('container');
});

describe('what is quoted', () => {
  test('is short and has no prefix', () => {
    const long = `[0:00:01.000000000] [99] ERROR V4L2 v4l2.cpp:1 /dev/video0: Permission denied ${'x'.repeat(5000)}`;
    const { reason } = diagnose(endOf([long]), pi);
    expect(reason.length).toBeLessThan(400);
    expect(reason).toContain('It said: "/dev/video0: Permission denied xxx');
  });

  test('has no address and no colour', () => {
    const at = '[AVFormatContext @ 0x559a2968d840] failed, \x1b[1;31mfailed\x1b[0m at 0x55AA';
    expect(diagnose(endOf([`ERROR: *** ${at} ***`]), pi).reason).toBe(
      'The camera program ended unexpectedly (exit status 255). It said: "[AVFormatContext] failed, failed at 0x…".',
    );
  });

  test('whatever it is, a diagnosis is found, in a sentence without addresses and colours', () => {
    const texts = contractRows.flatMap(({ stderr }) => stderr);
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        ...texts,
        '\x1b[1;31m',
        '\x1b[',
        '0m',
        ' @ 0x55aa',
        '0x',
        '12',
        'ERROR: *** ',
        ' ***',
        '  what():  ',
      ),
    );
    const line = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    const end = fc.record({
      code: fc.option(fc.integer()),
      signal: fc.option(fc.constantFrom(...Object.keys(constants.signals))),
      stderr: fc.array(line, { maxLength: 40 }),
    });
    const context = fc.record({
      user: fc.constantFrom('root', 'pi'),
      program: fc.constantFrom('rpicam-vid', 'libcamera-vid'),
      platform: fc.constantFrom('vc4', 'pisp', 'legacy', 'none'),
      tuningFile: fc.boolean(),
    } as const);
    fc.assert(
      fc.property(end, context, (how, around) => {
        const { reason, remedy } = diagnose(how, around);
        expect(reason).toMatch(/^[A-Z][^]*\.$/);
        expect(reason.length).toBeLessThan(400);
        expect(remedy).toMatch(/^[A-Z].{10,250}$/);
        expect(reason).not.toMatch(/\p{Cc}|0x[0-9a-f]/iu);
      }),
      { numRuns: 2000 },
    );
  });
});

test('what the supervisor finds by watching has a reason and a remedy of a sentence', () => {
  expect(own.stalled(3000).reason).toContain('none came for 3 s.');
  expect(own.stalled(3333).reason).toContain('none came for 3.3 s.');
  expect(own.neverStarted(20_000).reason).toContain('no picture within 20 s');
  expect(own.timeoutLoop.kind).toBe('hardware-missing');
  expect(own.unkillable).toMatchObject({ kind: 'platform', remedy: 'Restart the Raspberry Pi: sudo reboot' });
  expect(own.unreadable('It is no video.')).toMatchObject({ kind: 'transient', reason: 'It is no video.' });
  expect(own.couldNotStart('too many open files')).toMatchObject({
    kind: 'transient',
    reason: 'The camera program could not be started: too many open files.',
  });
});
