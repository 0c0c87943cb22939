import { describe, expect, test } from '@jest/globals';
import { parseCameraList, parseVersion } from '../../src/camera/program.js';
import { recording } from '../support/fixtures.js';

describe('--version', () => {
  test.each([
    [recording('version-1.12.txt').toString(), 'v1.12.0', true],
    [
      'libcamera-apps build: 0123456789ab-intree 01-03-2023 (15:55:49)\nlibcamera build: v0.0.4\n',
      undefined,
      undefined,
    ],
    [
      'rpicam-apps build: 0123456789ab 17-06-2024 (12:19:10)\nlibcamera build: v0.3.0\n',
      undefined,
      undefined,
    ],
    ['rpicam-apps build: v1.5.2 0123456789ab 03-10-2024 (22:33:20)\n', 'v1.5.2', undefined],
    ['rpicam-apps build: v1.12.0 12-05-2026 (10:00:00)\n', 'v1.12.0', undefined],
    [
      'rpicam-apps build: v1.5.3 0123456789ab\nrpicam-apps capabilites: egl:1 qt:1 drm:1 libav:0\n',
      'v1.5.3',
      false,
    ],
    ['rpicam-apps build: v2.0.0 0123456789ab\nrpicam-apps capabilities: egl:1 libav:1\n', 'v2.0.0', true],
    ['', undefined, undefined],
  ])('%#: %j', (text, version, libav) => {
    expect(parseVersion(text)).toEqual({ version, libav });
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
