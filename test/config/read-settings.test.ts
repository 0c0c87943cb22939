import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSettings } from '../../src/config/read-settings.js';

/** Names of the cameras that run, and all that was said. */
function read(raw: unknown): { running: string[]; said: string[] } {
  const { cameras, faults } = readSettings(raw);
  return {
    running: cameras.filter(({ fault }) => fault === undefined).map((camera) => camera.name),
    said: faults.map((fault) => fault.line),
  };
}

const door = { name: 'Door' };
const withDoor = (camera: object): object => ({
  cameras: [
    { name: 'Yard', camera: 1 },
    { ...door, ...camera },
  ],
});

test('the least that works has all defaults', () => {
  const { cameras, relay, name, ffmpegPath, faults } = readSettings({
    platform: 'Libcamera',
    cameras: [door],
  });
  expect(faults).toEqual([]);
  expect({ name, ffmpegPath }).toEqual({ name: 'Libcamera', ffmpegPath: undefined });
  expect(relay).toMatchObject({ enabled: true, host: '::', port: 8190, access: 'token', basePath: '' });
  expect(cameras[0]).toMatchObject({
    id: undefined,
    name: 'Door',
    camera: 0,
    width: 1280,
    height: 720,
    framerate: 30,
    keyFrameInterval: 1,
    mode: 'onDemand',
    linger: 30,
    image: {},
    extraArguments: [],
    homekit: { enabled: true, unbridged: false, maxStreams: 4 },
  });
});

test("image options go by the program's names; a flag that is off is left out", () => {
  const [camera] = readSettings({
    cameras: [
      { ...door, hflip: true, vflip: false, rotation: 180, 'sensor-mode': '2304:1296', 'lens-position': 2.5 },
    ],
  }).cameras;
  expect(camera?.image).toEqual({ hflip: true, rotation: 180, mode: '2304:1296', 'lens-position': '2.5' });
});

const off = 'This camera stays off.';

describe('mistakes: what is said, and which cameras run', () => {
  const cameraMistakes: [key: string, value: unknown, said: string][] = [
    ['width', 'wide', `Camera "Door": "width" is "wide", but must be a whole number from 64 to 4608. ${off}`],
    ['width', 63, `Camera "Door": "width" is 63, but must be a whole number from 64 to 4608. ${off}`],
    ['width', 1280.5, `Camera "Door": "width" is 1280.5, but must be a whole number from 64 to 4608. ${off}`],
    ['height', 9999, `Camera "Door": "height" is 9999, but must be a whole number from 64 to 2592. ${off}`],
    ['height', {}, `Camera "Door": "height" is {}, but must be a whole number from 64 to 2592. ${off}`],
    ['framerate', 0, `Camera "Door": "framerate" is 0, but must be a number from 1 to 120. ${off}`],
    ['framerate', '30', `Camera "Door": "framerate" is "30", but must be a number from 1 to 120. ${off}`],
    [
      'bitrate',
      '5M',
      `Camera "Door": "bitrate" is "5M", but must be a whole number from 100000 to 25000000. ${off}`,
    ],
    [
      'bitrate',
      5000,
      `Camera "Door": "bitrate" is 5000, but must be a whole number from 100000 to 25000000. ${off}`,
    ],
    [
      'keyFrameInterval',
      -1,
      `Camera "Door": "keyFrameInterval" is -1, but must be a number from 0.1 to 20. ${off}`,
    ],
    [
      'mode',
      'sometimes',
      `Camera "Door": "mode" is "sometimes", but must be one of "onDemand", "always". ${off}`,
    ],
    ['linger', true, `Camera "Door": "linger" is true, but must be a number from 0 to 3600. ${off}`],
    ['program', ['a'], `Camera "Door": "program" is ["a"], but must be a text. ${off}`],
    [
      'extraArguments',
      '--hflip',
      `Camera "Door": "extraArguments" is "--hflip", but must be a list of texts. ${off}`,
    ],
    ['extraArguments', [1], `Camera "Door": "extraArguments" is [1], but must be a list of texts. ${off}`],
    ['hflip', 'yes', `Camera "Door": "hflip" is "yes", but must be true or false. ${off}`],
    ['rotation', 90, `Camera "Door": "rotation" is 90, but must be one of 0, 180. ${off}`],
    [
      'roi',
      '1,2,3',
      `Camera "Door": "roi" is "1,2,3", but must be x,y,width,height as fractions of the picture, like 0.25,0.25,0.5,0.5. ${off}`,
    ],
    [
      'shutter',
      'fast',
      `Camera "Door": "shutter" is "fast", but must be a time like 10000us or 10ms; a plain number is microseconds. ${off}`,
    ],
    ['brightness', 2, `Camera "Door": "brightness" is 2, but must be a number from -1 to 1. ${off}`],
    [
      'buffer-count',
      12,
      `Camera "Door": "buffer-count" is 12, but must be a whole number from 1 to 6. ${off}`,
    ],
    [
      'awbgains',
      '1',
      `Camera "Door": "awbgains" is "1", but must be the gains of red and blue, like 1.5,1.2. ${off}`,
    ],
    [
      'lens-position',
      'near',
      `Camera "Door": "lens-position" is "near", but must be dioptres (1 / metres), or default. ${off}`,
    ],
    [
      'sensor-mode',
      '1080p',
      `Camera "Door": "sensor-mode" is "1080p", but must be width:height:bits:packing, like 2304:1296:10:P. ${off}`,
    ],
    ['homekit', true, `Camera "Door": "homekit" is true, but must be an object. ${off}`],
    [
      'homekit',
      { maxStreams: 0 },
      `Camera "Door": "homekit.maxStreams" is 0, but must be a whole number from 1 to 16. ${off}`,
    ],
    [
      'id',
      'Front Door',
      `Camera "Door": "id" is "Front Door", but must be lower-case letters, digits and single hyphens, and no name the live view uses itself. ${off}`,
    ],
    [
      'id',
      'metrics',
      `Camera "Door": "id" is "metrics", but must be lower-case letters, digits and single hyphens, and no name the live view uses itself. ${off}`,
    ],
    [
      'id',
      '../etc',
      `Camera "Door": "id" is "../etc", but must be lower-case letters, digits and single hyphens, and no name the live view uses itself. ${off}`,
    ],
    [
      'camera',
      -1,
      `Camera "Door": "camera" is -1, but must be a number from 0 to 63, or an id that begins with "/" as "rpicam-vid --list-cameras" prints it. ${off}`,
    ],
    [
      'camera',
      'imx708',
      `Camera "Door": "camera" is "imx708", but must be a number from 0 to 63, or an id that begins with "/" as "rpicam-vid --list-cameras" prints it. ${off}`,
    ],
    ['camera', 1, `Camera "Door": "camera" 1 belongs to camera "Yard" already. ${off} Give it another one.`],
  ];
  test.each(cameraMistakes)('%s: %j', (key, value, said) => {
    expect(read(withDoor({ [key]: value }))).toEqual({ running: ['Yard'], said: [said] });
  });

  const mild: [key: string, value: unknown, said: string][] = [
    ['widht', 640, 'Camera "Door": "widht" is not an option. It is ignored. Did you mean "width"?'],
    [
      'FrameRate',
      25,
      'Camera "Door": "FrameRate" is not an option. It is ignored. Did you mean "framerate"?',
    ],
    ['ffmpeg', 'x', 'Camera "Door": "ffmpeg" is not an option. It is ignored.'],
    [
      'homekit',
      { unbriged: true },
      'Camera "Door": "homekit.unbriged" is not an option. It is ignored. Did you mean "homekit.unbridged"?',
    ],
    ['__proto__x', 1, ''],
  ];
  test.each(mild)('%s: %j does not stop the camera', (key, value, said) => {
    const { running, said: lines } = read(withDoor({ [key]: value }));
    expect(running).toEqual(['Yard', 'Door']);
    expect(lines).toEqual(said === '' ? [] : [said]);
  });

  test.each<[what: string, raw: unknown, running: string[], said: string[]]>([
    ['nothing', undefined, [], []],
    ['null', null, [], []],
    ['a text', 'hello', [], ['It is "hello", but must be an object.']],
    ['a list', [1], [], ['It is [1], but must be an object.']],
    ['no cameras', {}, [], []],
    [
      'cameras not a list',
      { cameras: door },
      [],
      ['"cameras" is {"name":"Door"}, but must be a list of cameras.'],
    ],
    [
      'a camera that is a text',
      { cameras: ['Door', door] },
      ['Door'],
      [`Camera 1: It is "Door", but must be an object. ${off}`],
    ],
    [
      'a camera without a name',
      { cameras: [{}] },
      ['Camera 1'],
      ['Camera 1: "name" is missing. It is called "Camera 1".'],
    ],
    [
      'a name that is no text',
      { cameras: [{ name: {} }] },
      [],
      [`Camera 1: "name" is {}, but must be a text. ${off}`],
    ],
    [
      'two cameras of one name',
      { cameras: [door, { ...door, camera: 1 }] },
      ['Door'],
      [`Camera "Door": "name" "Door" belongs to camera "Door" already. ${off} Give it another one.`],
    ],
    [
      'two cameras of one id',
      {
        cameras: [
          { ...door, id: 'x' },
          { name: 'B', id: 'x', camera: 1 },
        ],
      },
      ['Door'],
      [`Camera "B": "id" "x" belongs to camera "Door" already. ${off} Give it another one.`],
    ],
    [
      'two cameras on one sensor',
      { cameras: [door, { name: 'B' }] },
      ['Door'],
      [`Camera "B": "camera" 0 belongs to camera "Door" already. ${off} Give it another one.`],
    ],
    [
      'a relay that is a number',
      { cameras: [door], relay: 1 },
      ['Door'],
      ['"relay" is 1, but must be an object.'],
    ],
    [
      'a wrong port',
      { cameras: [door], relay: { port: 70_000 } },
      ['Door'],
      ['"relay.port" is 70000, but must be a whole number from 1 to 65535. The default, 8190, is used.'],
    ],
    [
      'a misspelt access',
      { cameras: [door], relay: { access: 'opne' } },
      ['Door'],
      ['"relay.access" is "opne", but must be one of "token", "open". The default, "token", is used.'],
    ],
    [
      'a wrong base path',
      { cameras: [door], relay: { basePath: '//evil' } },
      ['Door'],
      ['"relay.basePath" is "//evil", but must be a path like /cameras. The default, "", is used.'],
    ],
    [
      'TLS, which is yet to come',
      { cameras: [door], relay: { tls: 'self-signed' } },
      ['Door'],
      ['"relay.tls" has no effect in this version.'],
    ],
    [
      'a misspelt key of the platform',
      { camera: [], cameras: [door] },
      ['Door'],
      ['"camera" is not an option. It is ignored. Did you mean "cameras"?'],
    ],
    ["Homebridge's own keys and notes", { _bridge: {}, '// note': 1, cameras: [door] }, ['Door'], []],
  ])('%s', (_, raw, running, said) => {
    expect(read(raw)).toEqual({ running, said });
  });

  test('a wrong access falls back to the safe one', () => {
    expect(readSettings({ relay: { access: 'OPEN' } }).relay.access).toBe('token');
  });
});

test.each([
  [
    'first',
    [
      { ...door, id: 'x', width: 1 },
      { name: 'B', id: 'x', camera: 1 },
    ],
    [undefined, 'x'],
  ],
  [
    'second',
    [
      { name: 'B', id: 'x', camera: 1 },
      { ...door, id: 'x', width: 1 },
    ],
    ['x', undefined],
  ],
  [
    'both',
    [
      { ...door, id: 'x', width: 1 },
      { name: 'B', id: 'x', camera: -1 },
    ],
    ['x', undefined],
  ],
])('an id belongs to one camera, also when one that stays off has it: %s', (_, cameras, ids) => {
  expect(readSettings({ cameras }).cameras.map(({ id }) => id)).toEqual(ids);
});

test('arbitrary JSON never throws, and what runs is within bounds', () => {
  const keys = fc.constantFrom(
    'name',
    'cameras',
    'relay',
    'id',
    'camera',
    'width',
    'framerate',
    'homekit',
    'roi',
    '__proto__',
    'constructor',
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      fc.jsonValue(),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 6 }),
    ),
  })).node;
  fc.assert(
    fc.property(value, (raw) => {
      const { cameras, relay } = readSettings(raw);
      for (const camera of cameras) {
        expect(camera.width).toBeGreaterThanOrEqual(64);
        expect(camera.framerate).toBeLessThanOrEqual(120);
        expect(typeof camera.name).toBe('string');
      }
      expect(['token', 'open']).toContain(relay.access);
      const ids = cameras.flatMap(({ id }) => id ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      const running = cameras.filter(({ fault }) => fault === undefined);
      expect(new Set(running.map(({ camera, program }) => `${camera} ${program}`)).size).toBe(running.length);
    }),
    { numRuns: 500 },
  );
});
