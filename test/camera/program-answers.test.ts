import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  describeCameras,
  lacksDeviceAccess,
  parseCameraList,
  parseVersion,
  type ProgramVersion,
} from '../../src/camera/program-answers.js';
import { recording } from '../support/fixtures.js';

describe('--version', () => {
  const nothing: ProgramVersion = {
    version: undefined,
    build: undefined,
    libcamera: undefined,
    libav: undefined,
  };

  test.each<[string, Partial<ProgramVersion>]>([
    [
      'libcamera-apps build: 0123456789ab-intree 01-03-2023 (15:55:49)\nlibcamera build: v0.0.4\n',
      { build: '0123456789ab 01-03-2023', libcamera: 'v0.0.4' },
    ],
    [
      'rpicam-apps build: 0123456789ab 17-06-2024 (12:19:10)\nlibcamera build: v0.3.0+1-7330f29b\n',
      { build: '0123456789ab 17-06-2024', libcamera: 'v0.3.0+1-7330f29b' },
    ],
    [
      'rpicam-apps build: v1.5.2 0123456789ab 03-10-2024 (22:33:20)\n',
      { version: 'v1.5.2', build: '0123456789ab 03-10-2024' },
    ],
    ['rpicam-apps build: v1.12.0 12-05-2026 (10:00:00)\n', { version: 'v1.12.0', build: '12-05-2026' }],
    [
      'rpicam-apps build: v1.5.3 0123456789ab\nrpicam-apps capabilites: egl:1 qt:1 drm:1 libav:0\n',
      { version: 'v1.5.3', build: '0123456789ab', libav: false },
    ],
    [
      'rpicam-apps build: v2.0.0 0123456789ab\nrpicam-apps capabilities: egl:1 libav:1\n',
      { version: 'v2.0.0', build: '0123456789ab', libav: true },
    ],
    ['', {}],
    ['something else\n', {}],
  ])('%#: %j', (text, expected) => {
    expect(parseVersion(text)).toEqual({ ...nothing, ...expected });
  });

  test('as rpicam-apps 1.12 really answers', () => {
    expect(parseVersion(recording('version-1.12.txt').toString())).toMatchObject({
      version: 'v1.12.0',
      libcamera: expect.stringMatching(/^v/),
      libav: true,
    });
  });

  test('a program that may not open the devices says so even then', () => {
    expect(lacksDeviceAccess('ERROR: Could not open any dmaHeap device\nrpicam-apps build: v1.8.1\n')).toBe(
      true,
    );
    expect(lacksDeviceAccess(recording('version-1.12.txt').toString())).toBe(false);
  });
});

describe('--list-cameras', () => {
  const first = { index: 0, sensor: 'imx219', id: '/base/axi/pcie@1000120000/rp1/i2c@88000/imx219@10' };
  const second = { index: 1, sensor: 'ov5647', id: '/base/axi/pcie@1000120000/rp1/i2c@80000/ov5647@36' };

  test.each([
    ['list-cameras.none.txt', []],
    ['list-cameras.pisp.txt', [first]],
    ['list-cameras.two.txt', [first, second]],
  ])('%s', (name, expected) => {
    expect(parseCameraList(recording(name).toString())).toEqual(expected);
  });

  test('the format of before 1.2.2', () => {
    expect(parseCameraList('0 : imx477 [4056x3040] (/base/soc/i2c0mux/i2c@1/imx477@1a)\n')).toEqual([
      { index: 0, sensor: 'imx477', id: '/base/soc/i2c0mux/i2c@1/imx477@1a' },
    ]);
  });

  test('a sensor without colours', () => {
    expect(parseCameraList('0 : imx296 [1456x1088 10-bit MONO] (/base/soc/i2c@1/imx296@1a)\n')).toHaveLength(
      1,
    );
  });
});

describe('whatever the text', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(...recording('list-cameras.two.txt').toString().split('\n')),
    fc.constantFrom(...recording('version-1.12.txt').toString().split('\n')),
    fc.constant('0 : x ('.repeat(200)),
  );
  const text = fc.array(line, { maxLength: 200 }).map((lines) => lines.join('\n'));

  test('nothing throws, and nothing grows beyond its bounds', () => {
    fc.assert(
      fc.property(text, (answer) => {
        const { build = '', libcamera = '', version = '' } = parseVersion(answer);
        expect(build.length + libcamera.length + version.length).toBeLessThan(200);
        const cameras = parseCameraList(answer);
        expect(cameras.length).toBeLessThanOrEqual(64);
        expect(describeCameras(cameras).length).toBeLessThanOrEqual(64 * 400);
      }),
      { numRuns: 300 },
    );
  });

  test('a list of a million lines is read in no time', () => {
    const begunMs = performance.now();
    expect(parseCameraList('0 : imx708 [ ( '.repeat(100_000))).toEqual([]);
    parseCameraList(`${'1 : x '.repeat(50)}\n`.repeat(20_000));
    expect(performance.now() - begunMs).toBeLessThan(3000);
  });
});
