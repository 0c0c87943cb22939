import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cameraCommand } from '../../src/camera/arguments.js';
import type { CameraPlatform } from '../../src/camera/platform.js';
import { parseOptions } from '../../src/camera/program.js';
import { programNames } from '../../src/config/image-options.js';
import type { CameraSettings } from '../../src/config/settings.js';
import { cameraSettings } from '../support/camera-settings.js';
import { recording } from '../support/fixtures.js';

const options = parseOptions(recording('help-1.12.txt').toString());
const without = (...names: string[]): Set<string> =>
  new Set([...options].filter((name) => !names.includes(name)));
const fifo = '/run/garden.pts';

function command(
  changes: Partial<CameraSettings> = {},
  platform: CameraPlatform = 'vc4',
  known: ReadonlySet<string> = options,
): ReturnType<typeof cameraCommand> {
  return cameraCommand(
    cameraSettings(changes),
    { options: known },
    platform,
    platform === 'vc4' ? fifo : undefined,
  );
}

/** One word per option, as in a shell. */
function text(
  changes: Partial<CameraSettings> = {},
  platform: CameraPlatform = 'vc4',
  known = options,
): string {
  return command(changes, platform, known).arguments.join(' ');
}

const shortForms = new Map([
  ['n', 'nopreview'],
  ['t', 'timeout'],
  ['o', 'output'],
  ['b', 'bitrate'],
  ['g', 'intra'],
]);

/** The options as Boost reads them: abbreviations and short forms under their whole names. */
function names(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const short = /^-([a-z])/.exec(word)?.[1];
    if (short !== undefined) return [shortForms.get(short) ?? short];
    const long = /^--([^=]+)/.exec(word)?.[1];
    if (long === undefined) return [];
    if (options.has(long)) return [long];
    const [match = long, ...more] = [...options].filter((option) => option.startsWith(long));
    return [more.length === 0 ? match : long];
  });
}

describe('the whole command', () => {
  const common = '--camera 0 --width 1280 --height 720 --framerate 30 --bitrate 4000000 --intra 30';
  const start = '--nopreview --timeout 0 --output - --codec h264';

  test('on vc4', () => {
    expect(text()).toBe(
      `${start} --inline --flush --save-pts ${fifo} ${common.replace('--intra', '--profile high --intra')}`,
    );
    expect(command().frameEnd).toBe('pts');
  });

  test('on vc4 without a FIFO', () => {
    const { arguments: words, frameEnd } = cameraCommand(cameraSettings(), { options }, 'vc4', undefined);
    expect(words.join(' ')).toBe(
      `${start} --inline --flush ${common.replace('--intra', '--profile high --intra')}`,
    );
    expect(frameEnd).toBe('gap');
  });

  test('on pisp', () => {
    expect(text({}, 'pisp')).toBe(`${start} --libav-format flv --low-latency ${common}`);
    expect(command({}, 'pisp').frameEnd).toBe('flv');
  });

  test('on pisp with a program from before --low-latency (1.6.0)', () => {
    expect(text({}, 'pisp', without('low-latency'))).toBe(
      `${start} --libav-format flv --libav-video-codec-opts ` +
        `preset=ultrafast;tune=zerolatency;bf=0;thread_type=slice;slices=4;refs=1 ${common}`,
    );
  });

  test('on pisp with a program from before --libav-video-codec-opts (1.4.1)', () => {
    expect(text({}, 'pisp', without('low-latency', 'libav-video-codec-opts'))).toBe(
      `${start} --libav-format flv ${common}`,
    );
  });
});

test.each<[Partial<CameraSettings>, string]>([
  [{ camera: 3 }, '--camera 3'],
  [{ framerate: 29.97, keyFrameInterval: 2 }, '--intra 60'],
  [{ framerate: 1, keyFrameInterval: 0.1 }, '--intra 1'],
  [{ framerate: 0.5 }, '--framerate 0.5'],
  [{ bitrate: 2_000_000.4 }, '--bitrate 2000000'],
  [{ image: { hflip: true } }, '--hflip'],
  [{ image: { roi: '0.25,0.25,0.5,0.5' } }, '--roi 0.25,0.25,0.5,0.5'],
  [{ image: { ev: -0.5 } }, '--ev -0.5'],
  [{ extraArguments: ['--tuning-file', '/a b.json'] }, '--tuning-file /a b.json'],
  [{ extraArguments: ['-v', '2'] }, '-v 2'],
])('%j gives %s', (changes, expected) => {
  expect(text(changes)).toContain(` ${expected}`);
});

test('a switch that is off is not given', () => {
  expect(text({ image: { hflip: false } })).not.toContain('hflip');
});

test('a camera that is known by its id is not given as a number', () => {
  expect(text({ camera: '/base/imx219@10' })).not.toContain('--camera');
});

test('what the program does not have is left out and told', () => {
  const { arguments: words, leftOut } = command(
    { image: { sync: 'off', hdr: 'auto' } },
    'vc4',
    without('sync', 'hdr'),
  );
  expect(leftOut).toEqual(['sync', 'hdr']);
  expect(names(words)).not.toContain('sync');
});

test.each<[CameraPlatform]>([['vc4'], ['pisp']])(
  'on %s every option exists in rpicam-vid 1.12',
  (platform) => {
    const image = Object.fromEntries([...programNames.values()].map((name) => [name, '1']));
    const { arguments: words, leftOut } = command({ image }, platform);
    expect(leftOut).toEqual([]);
    expect(names(words).filter((name) => !options.has(name))).toEqual([]);
    expect(names(words).length).toBeGreaterThan(programNames.size);
  },
);

describe('extraArguments', () => {
  test.each<[string[], string, string]>([
    [['--bitrate', '2000000'], '--bitrate 2000000', '--bitrate 4000000'],
    [['--bitrate=2000000'], '--bitrate=2000000', '--bitrate 4000000'],
    [['-b', '2000000'], '-b 2000000', '--bitrate'],
    [['-b2000000'], '-b2000000', '--bitrate'],
    [['--bitr', '2000000'], '--bitr 2000000', '--bitrate'],
    [['--hflip', '-g', '60'], '--hflip -g 60', '--intra'],
    [['--ev', '1', '-g60'], '--ev 1 -g60', '--intra'],
    [['--width', '640', '--width', '800'], '--width 800', '640'],
  ])('%j wins', (extraArguments, expected, gone) => {
    expect(text({ extraArguments })).toContain(expected);
    expect(text({ extraArguments })).not.toContain(gone);
  });

  test('win over an image option', () => {
    expect(text({ image: { ev: 1 }, extraArguments: ['--ev', '2'] })).toMatch(/--ev 2$/);
    expect(text({ image: { ev: 1 }, extraArguments: ['--ev', '2'] })).not.toContain('--ev 1');
  });

  test.each<[string[]]>([
    [['--output', '/run/x']],
    [['-o', '/run/x']],
    [['-o/run/x']],
    [['--outp', '/run/x']],
    [['--timeout', '5s']],
    [['-t5']],
    [['--codec=mjpeg']],
    [['--save-pts', '/run/x']],
    [['stray', 'words']],
  ])('%j cannot take away what the plugin needs', (extraArguments) => {
    expect(text({ extraArguments })).toBe(text());
  });

  test('never make an option appear twice', () => {
    const word = fc.constantFrom(
      ...[
        '--width',
        '--width=640',
        '--wid',
        '640',
        '-b',
        '-b1',
        '--bitrate',
        '--bitr',
        '-t',
        '-t0',
        '-o',
        '-n',
      ],
      ...[
        '--intra',
        '-g',
        '-g5',
        '--ev',
        '-0.5',
        '--hflip',
        '--hfl',
        '--codec',
        '--low-latency',
        '--save-pts',
      ],
      ...[
        '--libav-format',
        '--libav-video-codec-opts',
        '--flush',
        '--inline',
        '--profile',
        '-v',
        '2',
        '--nopre',
      ],
    );
    const run = (extraArguments: string[], platform: CameraPlatform): void => {
      const given = names(command({ extraArguments, image: { ev: 1, hflip: true } }, platform).arguments);
      expect(given).toEqual([...new Set(given)]);
    };
    fc.assert(fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom('vc4', 'pisp'), run), {
      numRuns: 500,
    });
  });
});
