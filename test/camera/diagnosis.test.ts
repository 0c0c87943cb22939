import { describe, expect, test } from '@jest/globals';
import { diagnose, type ProcessEnd } from '../../src/camera/diagnosis.js';
import { recordedCases } from '../camera-stand-in/support/recorded-cases.js';

const reasons = {
  permission: 'The camera devices may not be opened by the user that runs Homebridge.',
  busy: 'Another program is using the camera.',
  none: 'No camera was found.',
  number: 'There is no camera with the configured number.',
  silent: 'The camera stopped answering.',
  legacy: 'The old camera stack is switched on.',
  encoder: 'The camera program was built without the H.264 encoder this Pi needs.',
  library: 'The camera program misses a library.',
  option: 'The camera program refuses an option.',
  value: 'The camera program refuses the value of an option.',
  unexpected: 'The camera program ended unexpectedly',
} as const;
type Reason = keyof typeof reasons;

/** A second attempt cannot help. */
const lasting: readonly Reason[] = ['number', 'legacy', 'encoder', 'library', 'option', 'value'];

function check(end: ProcessEnd, reason: Reason): void {
  const found = diagnose(end);
  expect(found.reason).toContain(reasons[reason]);
  expect(found.kind).toBe(lasting.includes(reason) ? 'config' : 'transient');
  if (reason !== 'unexpected') expect(found.remedy).toMatch(/^[A-Z].*\w/);
}

/** The titles in failures-and-signals.txt that begin so, and what they are. */
const recorded: readonly [RegExp, Reason][] = [
  [/: (?:bad option|option of another app|ambiguous prefix|bad value|option given twice)/, 'option'],
  [/pisp: positional argument|: --codec given twice/, 'option'],
  [/: bad awb|: bad profile|: rotation (?:90|45)|: --codec h265|vc4: level 3\.1/, 'value'],
  [/: camera index out of range/, 'number'],
  [/: no cameras/, 'none'],
  [/: second process on same camera \(the second\)/, 'busy'],
  [/^no Pi devices at all \(Platform::MISSING\)$/, 'permission'],
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
    const reason = recorded.find(([pattern]) => pattern.test(title))?.[1] ?? 'unexpected';
    check(end, reason);
    const quoted = /ERROR: \*\*\* (.*) \*\*\*/.exec(stderr)?.[1];
    if (quoted !== undefined && reason !== 'busy' && reason !== 'permission') {
      expect(diagnose(end).reason).toContain(`It said: "${quoted}".`);
    }
    if (reason === 'unexpected') {
      const status = how === 'code' ? `exit status ${value}` : `signal ${value}`;
      expect(diagnose(end).reason).toContain(`(${status})`);
    }
  });

  test('covers every row of the table', () => {
    const unused = recorded.filter(([pattern]) => !failed.some(({ title }) => pattern.test(title)));
    expect(unused).toEqual([]);
    expect(failed.length).toBeGreaterThan(40);
  });
});

test.each<[string, Reason]>([
  [
    "[0:00:01.000000000] [99] ERROR V4L2 v4l2_device.cpp:96 '/dev/video0': Failed to open V4L2 device: Permission denied",
    'permission',
  ],
  [
    '[0:00:01.000000000] [99] ERROR V4L2 v4l2_videodevice.cpp:1 Unable to set controls: Device or resource busy',
    'busy',
  ],
  ['[0:00:01.000000000] [99] ERROR RPI pipeline_base.cpp:1367 Camera frontend has timed out!', 'silent'],
  ['ERROR: Device timeout detected, attempting a restart!!!', 'silent'],
  ['ERROR: *** failed to start camera ***', 'silent'],
  ['ERROR: the system appears to be configured for the legacy camera stack', 'legacy'],
  ['ERROR: *** Unable to find an appropriate H.264 codec ***', 'encoder'],
  ["ERROR: *** unrecognised option '--libav-format' ***", 'encoder'],
  [
    'rpicam-vid: error while loading shared libraries: rpicam_app.so.1.7.0: cannot open shared object file',
    'library',
  ],
  ["ERROR: *** the required argument for option '--width' is missing ***", 'option'],
  ["ERROR: *** the argument ('abc') for option '--width' is invalid ***", 'option'],
  ['ERROR: *** Invalid AWB gains ***', 'value'],
  ['ERROR: *** Invalid mode ***', 'value'],
  ['ERROR: *** no such level 4.0 ***', 'value'],
])('%s', (line, reason) => {
  check({ code: 255, signal: null, stderr: ['INFO something', line, 'more'] }, reason);
});

test('an end without words tells how it ended', () => {
  expect(diagnose({ code: 3, signal: null, stderr: [] }).reason).toBe(
    'The camera program ended unexpectedly (exit status 3).',
  );
  expect(diagnose({ code: null, signal: 'SIGSEGV', stderr: ['INFO fine'] }).reason).toBe(
    'The camera program ended unexpectedly (signal SIGSEGV).',
  );
  expect(diagnose({ code: null, signal: null, stderr: ['spawn ENOENT'] }).reason).toContain(
    '(exit status unknown)',
  );
});

test('what is quoted is short and has no prefix', () => {
  const long = `[0:00:01.000000000] [99] ERROR X: Permission denied ${'x'.repeat(5000)}`;
  const { reason } = diagnose({ code: 255, signal: null, stderr: [long] });
  expect(reason.length).toBeLessThan(400);
  expect(reason).toContain('"ERROR X: Permission denied');
});
