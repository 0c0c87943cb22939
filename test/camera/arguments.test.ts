import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cameraCommand } from '../../src/camera/arguments.js';
import type { CameraPlatform } from '../../src/camera/platform.js';
import type { ProgramOptions } from '../../src/camera/program-options.js';
import { programNames } from '../../src/config/image-options.js';
import type { CameraSettings, ImageSettings } from '../../src/config/settings.js';
import { cameraSettings } from '../support/camera-settings.js';
import { readAsBoost } from './boost.js';
import { optionsOf, type Version, versions } from './option-tables.js';

const newest = optionsOf('1.12.0');
const fifo = '/run/garden.pts';

function without(...names: string[]): ProgramOptions {
  return new Map([...newest].filter(([name]) => !names.includes(name)));
}

function command(
  changes: Partial<CameraSettings> = {},
  platform: CameraPlatform = 'vc4',
  options: ProgramOptions = newest,
): ReturnType<typeof cameraCommand> {
  return cameraCommand(cameraSettings(changes), { options }, platform, platform === 'vc4' ? fifo : undefined);
}

/** The command line in one piece, as in a shell. */
function text(...given: Parameters<typeof command>): string {
  return command(...given).arguments.join(' ');
}

function notes(...given: Parameters<typeof command>): readonly string[] {
  return command(...given).notes;
}

const start = '--nopreview --timeout 0 --output - --codec h264';
const common = '--camera 0 --width 1280 --height 720 --framerate 30 --bitrate 4000000 --intra 30';
const ours = 'preset=ultrafast;tune=zerolatency;bf=0;thread_type=slice;slices=4;refs=1';
const lag = 'This camera program delays the picture by about 0.3 s: update rpicam-apps to 1.6 or newer.';
const byPlatform: readonly CameraPlatform[] = ['vc4', 'pisp', 'none', 'legacy'];

/** Every version, and what its command line on a Pi 5 has in front of the picture's own options. */
const pispOutput: Readonly<Record<Version, string>> = {
  '1.0.0': '--libav-format flv',
  '1.2.1': '--libav-format flv',
  '1.4.1': `--libav-format flv --libav-video-codec-opts ${ours}`,
  '1.5.3': `--libav-format flv --libav-video-codec-opts ${ours}`,
  '1.6.0': '--libav-format flv --low-latency',
  '1.8.1': '--libav-format flv --low-latency',
  '1.12.0': '--libav-format flv --low-latency',
};
const vc4Start = `${start} --inline --flush --save-pts ${fifo} ${common} --profile high --level 4`;

describe('the whole command with default settings', () => {
  test.each(versions)('%s on vc4', (version) => {
    expect(command({}, 'vc4', optionsOf(version))).toEqual({
      arguments: vc4Start.split(' '),
      frameEnd: 'pts',
      reorders: false,
      notes: [],
    });
  });

  test.each(
    versions.flatMap((version) => (['pisp', 'none'] as const).map((name) => [version, name] as const)),
  )('%s on %s', (version, platform) => {
    const isOld = version === '1.0.0' || version === '1.2.1';
    expect(command({}, platform, optionsOf(version))).toEqual({
      // Where the platform cannot be told, it may be a Pi 4 after all.
      arguments:
        `${start}${platform === 'none' ? ' --inline --flush' : ''} ${pispOutput[version]} ${common}`.split(
          ' ',
        ),
      frameEnd: 'flv',
      reorders: isOld,
      notes: isOld ? [lag] : [],
    });
  });

  test('vc4 without a FIFO', () => {
    const { arguments: words, frameEnd } = cameraCommand(
      cameraSettings(),
      { options: newest },
      'vc4',
      undefined,
    );
    expect(words.join(' ')).toBe(vc4Start.replace(` --save-pts ${fifo}`, ''));
    expect(frameEnd).toBe('gap');
  });

  test.each<[CameraPlatform, string]>([
    ['vc4', 'save-pts'],
    ['pisp', 'libav-format'],
  ])('on %s without --%s the quiet gap ends a picture', (platform, missing) => {
    const { arguments: words, frameEnd, notes: told } = command({}, platform, without(missing));
    expect(words).not.toContain(`--${missing}`);
    expect(frameEnd).toBe('gap');
    expect(told).toEqual([`This camera program has no option --${missing}: left out.`]);
  });
});

describe('the whole command with every image option', () => {
  const image: ImageSettings = {
    hflip: true,
    vflip: true,
    rotation: 180,
    roi: '0.25,0.25,0.5,0.5',
    shutter: '10ms',
    gain: 2,
    ev: -0.5,
    exposure: 'sport',
    metering: 'spot',
    awb: 'daylight',
    awbgains: '1.5,1.2',
    brightness: 0.1,
    contrast: 1.1,
    saturation: 0,
    sharpness: 1.5,
    denoise: 'cdn_off',
    hdr: 'sensor',
    'autofocus-mode': 'continuous',
    'autofocus-range': 'full',
    'autofocus-speed': 'fast',
    'autofocus-window': '0.25,0.25,0.5,0.5',
    'lens-position': 'default',
    'tuning-file': '/a b.json',
    mode: '2304:1296:10:P',
    'flicker-period': '10000us',
    'buffer-count': 4,
    'no-raw': true,
    sync: 'client',
    'post-process-file': '/post.json',
  };
  const early =
    '--hflip --vflip --rotation 180 --roi 0.25,0.25,0.5,0.5 --shutter 10000 --gain 2 --ev -0.5 --exposure sport ' +
    '--metering spot --awb daylight --awbgains 1.5,1.2 --brightness 0.1 --contrast 1.1 --saturation 0 ' +
    '--sharpness 1.5 --denoise cdn_off';
  const focus =
    '--autofocus-mode continuous --autofocus-range full --autofocus-speed fast ' +
    '--autofocus-window 0.25,0.25,0.5,0.5 --lens-position default';
  const files = '--tuning-file /a b.json --mode 2304:1296:10:P';
  const last = '--post-process-file /post.json';
  const since13 = `${early} --hdr=sensor ${focus} ${files} --flicker-period 10000 --buffer-count 4 --no-raw`;
  const lenses = [
    'autofocus-mode',
    'autofocus-range',
    'autofocus-speed',
    'autofocus-window',
    'lens-position',
  ];
  const expected: Readonly<Record<Version, [line: string, missing: string[]]>> = {
    '1.0.0': [
      `${early} ${files} ${last}`,
      ['hdr', ...lenses, 'flicker-period', 'buffer-count', 'no-raw', 'sync'],
    ],
    '1.2.1': [
      `${early} --hdr ${focus} ${files} --buffer-count 4 ${last}`,
      ['flicker-period', 'no-raw', 'sync'],
    ],
    '1.4.1': [`${since13} ${last}`, ['sync']],
    '1.5.3': [`${since13} ${last}`, ['sync']],
    '1.6.0': [`${since13} --sync client ${last}`, []],
    '1.8.1': [`${since13} --sync client ${last}`, []],
    '1.12.0': [`${since13} --sync client ${last}`, []],
  };

  test.each(
    versions.flatMap((version) => (['vc4', 'pisp'] as const).map((name) => [version, name] as const)),
  )('%s on %s', (version, platform) => {
    const { arguments: words, notes: told } = command({ image }, platform, optionsOf(version));
    const [line, missing] = expected[version];
    const before = platform === 'vc4' ? vc4Start : `${start} ${pispOutput[version]} ${common}`;
    expect(words.join(' ')).toBe(`${before} ${line}`);
    const leftOut = missing.map((name) => `This camera program has no option --${name}: left out.`);
    expect(told.filter((note) => note !== lag)).toEqual(leftOut);
    expect(() => readAsBoost(words, optionsOf(version))).not.toThrow();
  });

  test('the table has them all', () => {
    expect(Object.keys(image)).toEqual([...programNames.values()]);
  });
});

test.each<[Partial<CameraSettings>, string]>([
  [{ camera: 3 }, '--camera 3'],
  [{ framerate: 29.97, keyFrameInterval: 2 }, '--intra 60'],
  [{ framerate: 1, keyFrameInterval: 0.1 }, '--intra 1'],
  [{ framerate: 0.5 }, '--framerate 0.5'],
  [{ bitrate: 2_000_000.4 }, '--bitrate 2000000'],
  [{ image: { hflip: true } }, '--hflip'],
  [{ image: { shutter: '2min' } }, '--shutter 120000000'],
  [{ image: { shutter: '1sec' } }, '--shutter 1000000'],
  [{ image: { shutter: '0.5s' } }, '--shutter 500000'],
  [{ image: { shutter: '8333.4us' } }, '--shutter 8333'],
  [{ image: { shutter: '20000ns' } }, '--shutter 20'],
  [{ image: { shutter: '5000' } }, '--shutter 5000'],
  [{ image: { 'flicker-period': '10ms' } }, '--flicker-period 10000'],
  [{ image: { hdr: 'off' } }, '--hdr=off'],
  [{ extraArguments: ['--shutter', '10ms'] }, '--shutter 10000'],
  [{ extraArguments: ['--tuning-file', '/a b.json'] }, '--tuning-file /a b.json'],
  [{ extraArguments: ['-v', '2'] }, '-v 2'],
  [{ extraArguments: ['--hdr', 'sensor'] }, '--hdr sensor'],
])('%j gives %s', (changes, expected) => {
  expect(` ${text(changes)} `).toContain(` ${expected} `);
});

test.each<[string, Partial<CameraSettings>, string[]]>([
  ['off', { image: { hdr: 'off' } }, []],
  ['auto', { image: { hdr: 'auto' } }, ['--hdr']],
  ['an extra "off"', { extraArguments: ['--hdr', 'off'] }, []],
  ['an extra "0"', { extraArguments: ['--hdr', '0'] }, []],
  ['an extra "sensor"', { extraArguments: ['--hdr=sensor'] }, ['--hdr']],
  ['a bare extra', { extraArguments: ['--hdr'] }, ['--hdr']],
])('before 1.3.0 hdr is a switch: %s', (_what, changes, expected) => {
  const { arguments: words } = command(changes, 'vc4', optionsOf('1.2.1'));
  expect(words.filter((word) => word.includes('hdr') || word === 'sensor')).toEqual(expected);
});

test('a switch that is off is not given', () => {
  expect(text({ image: { hflip: false } })).not.toContain('hflip');
});

test('a camera that is known by its id is not given as a number', () => {
  expect(text({ camera: '/base/imx219@10' })).not.toContain('--camera');
});

test.each(['camera', 'nopreview', 'level', 'inline', 'sync'])('a program without --%s', (name) => {
  const { arguments: words, notes: told } = command({ image: { sync: 'off' } }, 'vc4', without(name));
  expect(words).not.toContain(`--${name}`);
  expect(told).toEqual([`This camera program has no option --${name}: left out.`]);
});

describe('the size', () => {
  test.each<[CameraPlatform, number, number, string]>([
    ['vc4', 1281, 721, '--width 1280 --height 720'],
    ['pisp', 1281, 721, '--width 1280 --height 720'],
    ['vc4', 2304, 1296, '--width 2032 --height 1142'],
    ['pisp', 2304, 1296, '--width 2304 --height 1296'],
    ['none', 2304, 1296, '--width 2032 --height 1142'],
  ])('on %s %d x %d becomes %s', (platform, width, height, expected) => {
    expect(text({ width, height }, platform)).toContain(expected);
    const [, toWidth = '', toHeight = ''] = /--width (\d+) --height (\d+)/.exec(expected) ?? [];
    expect(notes({ width, height }, platform)).toEqual(
      Number(toWidth) === width
        ? []
        : [
            `The encoder of this Pi cannot make pictures of ${width}x${height}: ${toWidth}x${toHeight} is used.`,
          ],
    );
  });

  test('also when "extraArguments" sets it', () => {
    expect(text({ extraArguments: ['--width=4056', '--height', '3040'] })).toContain(
      '--width 2032 --height 1522',
    );
  });
});

describe('the bit rate', () => {
  test.each<[CameraPlatform, Partial<CameraSettings>, string]>([
    ['vc4', { bitrate: 100_000 }, '1125000'],
    ['vc4', { bitrate: 1_125_000 }, '1125000'],
    ['vc4', { bitrate: 100_000, width: 640, height: 480 }, '600000'],
    ['vc4', { bitrate: 4_000_000, extraArguments: ['-b100000'] }, '1125000'],
    ['vc4', { extraArguments: ['--bitrate', '100000', '--framerate', '10'] }, '600000'],
    ['pisp', { bitrate: 100_000 }, '100000'],
  ])('on %s with %j is %s', (platform, changes, expected) => {
    expect(text(changes, platform)).toContain(` --bitrate ${expected} `);
  });

  test('that is raised is told', () => {
    expect(notes({ bitrate: 100_000 })).toEqual([
      'bitrate 100000 is so low that the encoder of this Pi may hang: 1125000 is used.',
    ]);
    expect(notes({ extraArguments: ['-b', '600000'] })).toEqual([
      'bitrate 600000 is so low that the encoder of this Pi may hang: 1125000 is used.',
    ]);
    expect(notes({ bitrate: 1_125_000 })).toEqual([]);
  });

  test.each(['0', '500k', '2Mbps'])(
    'that the user writes as %s is left out: it may mean next to nothing',
    (bitrate) => {
      expect(text({ extraArguments: ['-b', bitrate] })).toBe(text());
      expect(notes({ extraArguments: ['-b', bitrate] })).toEqual([
        '--bitrate in "extraArguments" is left out: it must be a plain number of bits per second.',
      ]);
    },
  );
});

describe('the level', () => {
  test.each<[Partial<CameraSettings>, string]>([
    [{ width: 1920, height: 1080 }, '4'],
    [{ width: 1920, height: 1080, framerate: 31 }, '4.2'],
    [{ width: 1280, height: 720, framerate: 60 }, '4'],
    [{ width: 640, height: 480, framerate: 120 }, '4'],
    [{ extraArguments: ['--framerate', '120'] }, '4.2'],
    [{ extraArguments: ['--level', '4.0'] }, '4'],
    [{ extraArguments: ['--level=4.1'] }, '4.1'],
  ])('on vc4 with %j is %s', (changes, expected) => {
    expect(`${text(changes)} `).toContain(` --level ${expected} `);
  });

  test("on pisp is the user's", () => {
    expect(text({}, 'pisp')).not.toContain('--level');
    expect(text({ extraArguments: ['--level', '4.0'] }, 'pisp')).toContain('--level 4.0');
  });
});

describe("the user's codec options", () => {
  const dropped = (entry: string): string =>
    `${entry} in --libav-video-codec-opts is left out: it would delay the picture.`;

  test.each<[Version, string, string | undefined, string[]]>([
    ['1.5.3', 'preset=superfast', `${ours};preset=superfast`, []],
    ['1.5.3', 'bf=2', ours, [dropped('bf=2')]],
    ['1.12.0', 'preset=superfast;bf=0', 'preset=superfast;bf=0', []],
    [
      '1.12.0',
      'preset=superfast;bf=2;b=3;crf=20',
      'preset=superfast;crf=20',
      [dropped('bf=2'), dropped('b=3')],
    ],
    ['1.12.0', 'bframes=1', undefined, [dropped('bframes=1')]],
    ['1.12.0', 'tune=film', undefined, [dropped('tune=film')]],
    ['1.12.0', 'tune=fastdecode,zerolatency', 'tune=fastdecode,zerolatency', []],
    [
      '1.12.0',
      'x264-params=bframes=3:threads=1;aud=1',
      'x264-params=threads=1;aud=1',
      [dropped('bframes=3')],
    ],
    ['1.12.0', 'x264opts=bframes=3', undefined, [dropped('bframes=3')]],
    ['1.12.0', ';;aud=1;', 'aud=1', []],
  ])('%s with %s', (version, value, expected, told) => {
    const extraArguments = ['--libav-video-codec-opts', value];
    const made = command({ extraArguments }, 'pisp', optionsOf(version));
    const values = readAsBoost(made.arguments, optionsOf(version));
    expect(values.get('libav-video-codec-opts')).toBe(expected);
    expect(values.has('low-latency')).toBe(version === '1.12.0');
    expect(made.notes).toEqual(told);
  });
});

describe('extraArguments', () => {
  test.each<[string[], string, string]>([
    [['--bitrate', '2000000'], '--bitrate 2000000', '--bitrate 4000000'],
    [['--bitrate=2000000'], '--bitrate 2000000', '--bitrate 4000000'],
    [['-b', '2000000'], '--bitrate 2000000', '--bitrate 4000000'],
    [['-b2000000'], '--bitrate 2000000', '--bitrate 4000000'],
    [['--bitr', '2000000'], '--bitrate 2000000', '--bitrate 4000000'],
    [['--hflip', '-g', '60'], '--hflip -g 60', '--intra'],
    [['--ev', '1', '-g60'], '--ev 1 -g60', '--intra'],
    [['--width', '640', '--width', '800'], '--width 800', '640'],
    [['--ev', '-0.5'], '--ev -0.5', '--ev -0.5 --ev'],
    [['--hflip', '0'], '--hflip 0', '--hflip 0 --hflip'],
  ])('%j wins', (extraArguments, expected, gone) => {
    expect(text({ extraArguments })).toContain(expected);
    expect(text({ extraArguments })).not.toContain(gone);
    expect(notes({ extraArguments })).toEqual([]);
  });

  test('win over an image option', () => {
    expect(text({ image: { ev: 1 }, extraArguments: ['--ev', '2'] })).toMatch(/--ev 2$/);
    expect(text({ image: { ev: 1 }, extraArguments: ['--ev', '2'] })).not.toContain('--ev 1');
    expect(text({ image: { gain: 1 }, extraArguments: ['--analoggain', '2'] })).toMatch(
      /^(?!.*--gain).* --analoggain 2$/,
    );
  });

  const own = (name: string): string =>
    `--${name} in "extraArguments" is left out: the plugin decides on that itself.`;
  const unknown = (option: string): string => `This camera program has no option ${option}: left out.`;
  const stray = (word: string): string =>
    `"${word}" in "extraArguments" is left out: it belongs to no option.`;
  const missing = (name: string): string =>
    `--${name} in "extraArguments" is left out: its value is missing.`;

  test.each<[string[], string[]]>([
    [['--output', '/run/x'], [own('output')]],
    [['-o', '/run/x'], [own('output')]],
    [['-o/run/x'], [own('output')]],
    [['--outp', '/run/x', '--output', '/run/y'], [own('output')]],
    [['--timeout', '5s'], [own('timeout')]],
    [['-t5'], [own('timeout')]],
    [['--codec=mjpeg'], [own('codec')]],
    [['-n', '0'], [own('nopreview')]],
    [['--inline=0'], [own('inline')]],
    [['--flush', '0'], [own('flush')]],
    [['--save-pts', '/run/x'], [own('save-pts')]],
    [['--libav-format', 'mp4'], [own('libav-format')]],
    [['--libav-video-codec', 'x'], [own('libav-video-codec')]],
    [['--libav-audio'], [own('libav-audio')]],
    [['--low-latency', '0'], [own('low-latency')]],
    [
      ['--metadata', '-', '--metadata-format', 'txt'],
      [own('metadata'), own('metadata-format')],
    ],
    [
      ['--segment', '1', '--split', '--circular', '8'],
      [own('segment'), own('split'), own('circular')],
    ],
    [
      ['--wrap', '1', '--frames', '10'],
      [own('wrap'), own('frames')],
    ],
    [
      ['-l', '-k', '-s', '-i', 'pause'],
      [own('listen'), own('keypress'), own('signal'), own('initial')],
    ],
    [
      ['--list-cameras', '--version', '-h'],
      [own('list-cameras'), own('version'), own('help')],
    ],
    [['-c', 'frames.txt'], [own('config')]],
    [
      ['stray', 'words'],
      [stray('stray'), stray('words')],
    ],
    [
      ['--', '-0.5', ''],
      [stray('--'), stray('-0.5'), stray('')],
    ],
    [['--no-such', 'value', '-0.5', 'more'], [unknown('--no-such')]],
    [['--no-such=value'], [unknown('--no-such')]],
    [['--lores', '1'], [unknown('--lores')]],
    [['-z', '1'], [unknown('-z')]],
    [['--ev'], [missing('ev')]],
    [['--ev='], [missing('ev')]],
    [
      ['--ev', '--no-such'],
      [missing('ev'), unknown('--no-such')],
    ],
    [
      ['--ev', '-n'],
      [missing('ev'), own('nopreview')],
    ],
    [['--ev 1'], ['"--ev 1" in "extraArguments" is left out: each word must be a string of its own.']],
  ])('%j is left out, and told', (extraArguments, told) => {
    for (const platform of byPlatform) {
      expect(text({ extraArguments }, platform)).toBe(text({}, platform));
      expect(notes({ extraArguments }, platform)).toEqual(told);
    }
  });

  test('the number of buffers stays what the encoder takes', () => {
    expect(text({ image: { 'buffer-count': 3 }, extraArguments: ['--buffer-count', '12'] })).toMatch(
      /^(?!.*buffer-count 3).* --buffer-count 6$/,
    );
    expect(notes({ extraArguments: ['--buffer-count', '12'] })).toEqual([
      'buffer-count 12 does not work on every Pi: 6 is used.',
    ]);
    expect(notes({ extraArguments: ['--buffer-count', '3'] })).toEqual([]);
  });

  test('what this version does not have yet is left out', () => {
    const extraArguments = ['--sync', 'server', '--hflip'];
    expect(text({ extraArguments }, 'vc4', optionsOf('1.5.3'))).toBe(`${vc4Start} --hflip`);
    expect(notes({ extraArguments }, 'vc4', optionsOf('1.5.3'))).toEqual([unknown('--sync')]);
  });

  test('whatever they are, every version on every platform understands the command', () => {
    const names = [...newest.keys(), 'rawfull', 'no-such'];
    const name = fc
      .constantFrom(...names)
      .chain((whole) =>
        fc.integer({ min: 1, max: whole.length }).map((length) => `--${whole.slice(0, length)}`),
      );
    const value = fc.constantFrom(
      '0',
      '1',
      '-0.5',
      '640',
      '100000',
      'off',
      '-',
      '--',
      '',
      'bf=2;x',
      '5M',
      '=',
    );
    const word = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...names.map((whole) => `--${whole}`)) },
      name,
      value,
      fc.tuple(name, value).map((parts) => parts.join('=')),
      fc
        .tuple(fc.stringMatching(/^[hvcotnpfbgqlksiZ]$/), fc.constantFrom('', '0', '1x'))
        .map((parts) => `-${parts.join('')}`),
      fc.string({ maxLength: 6 }),
    );
    const fixed = { output: '-', timeout: '0', codec: 'h264', nopreview: '1' };
    const never = [
      ...[
        'metadata',
        'metadata-format',
        'segment',
        'split',
        'circular',
        'wrap',
        'frames',
        'listen',
        'keypress',
      ],
      ...[
        'signal',
        'initial',
        'list-cameras',
        'version',
        'help',
        'libav-video-codec',
        'libav-audio',
        'config',
      ],
    ];
    const check = (extraArguments: string[], version: Version, platform: CameraPlatform): void => {
      const options = optionsOf(version);
      const made = command({ extraArguments, image: { ev: 1, hflip: true, gain: 2 } }, platform, options);
      const values = readAsBoost(made.arguments, options);
      expect(Object.fromEntries(values)).toMatchObject(fixed);
      expect(never.filter((one) => values.has(one))).toEqual([]);
      expect(values.get('save-pts')).toBe(platform === 'vc4' ? fifo : undefined);
      expect(values.get('libav-format')).toBe(platform === 'vc4' ? undefined : 'flv');
      expect(values.get('libav-video-codec-opts') ?? '').not.toContain('bf=2');
    };
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 8 }),
        fc.constantFrom(...versions),
        fc.constantFrom(...byPlatform),
        check,
      ),
      { numRuns: 1500 },
    );
  });
});
