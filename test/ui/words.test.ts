import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCameras } from '../../ui/live/cameras.js';
import { words, type View } from '../../ui/live/states.js';

const playing: View = {
  nowMs: 10_000,
  missing: 'nothing',
  access: 'granted',
  link: { is: 'open' },
  camera: { state: 'streaming' },
  cameraRetryAtMs: 0,
  picture: 'moving',
};

/** As it is read: one line. */
function read(view: Partial<View>): string {
  const said = words({ ...playing, ...view });
  return said
    ? [`${said.kind}:`, said.headline, said.countdown, ...said.details].filter(Boolean).join(' ')
    : '';
}

const recovering = {
  state: 'recovering',
  reason: 'The camera program ended.',
  remedy: 'Check the cable.',
  retryAtUs: 0,
} as const;

describe('the words over the picture', () => {
  test.each<[string, Partial<View>, string]>([
    ['nothing while it moves', {}, ''],
    [
      'no player',
      { missing: 'player' },
      'unsupported: The page is incomplete Its player could not be loaded. Reload the page.',
    ],
    [
      'no media source',
      { missing: 'browser' },
      'unsupported: This browser cannot play live video Use a current version of Safari, Chrome, Edge or Firefox. An iPhone needs iOS 17.1 or later.',
    ],
    [
      'no decoder',
      { missing: 'codec' },
      'unsupported: This browser cannot play the video of this camera It lacks the H.264 profile the camera uses. Try another browser.',
    ],
    [
      'no access, although it goes on trying',
      { access: 'denied', link: { is: 'waiting', again: false, retryAtMs: 12_000 } },
      'denied: Access has expired Open this page again with the link from the plugin’s settings in Homebridge.',
    ],
    [
      'no camera',
      { access: 'unknown-camera' },
      'denied: There is no such camera It may have been renamed or removed.',
    ],
    ['the first attempt', { link: { is: 'connecting', again: false } }, 'connecting: Connecting…'],
    ['a later one', { link: { is: 'connecting', again: true } }, 'lost: Connecting again…'],
    [
      'a lost connection',
      { link: { is: 'waiting', again: true, retryAtMs: 11_200 } },
      'lost: Connection lost, trying again in 2 s',
    ],
    [
      'no connection at all',
      { link: { is: 'waiting', again: false, retryAtMs: 14_000 } },
      'lost: No connection, trying again in 4 s',
    ],
    ['nobody looking', { link: { is: 'asleep' } }, 'asleep: Paused while nobody is looking'],
    ['a camera that has said nothing', { camera: undefined }, 'connecting: Connecting…'],
    ['a camera that is off', { camera: { state: 'stopped' } }, 'starting: Starting the camera…'],
    ['a camera that starts', { camera: { state: 'starting' } }, 'starting: Starting the camera…'],
    [
      'a camera that recovers',
      { camera: recovering, cameraRetryAtMs: 12_001 },
      'recovering: Trying again in 3 s The camera program ended. Check the cable.',
    ],
    [
      'a camera whose time has come',
      { camera: { ...recovering, remedy: '' }, cameraRetryAtMs: 10_000 },
      'recovering: Trying again The camera program ended.',
    ],
    [
      'a camera that failed',
      { camera: { state: 'failed', reason: 'No camera is connected.', remedy: 'Check the cable.' } },
      'failed: The camera cannot be started No camera is connected. Check the cable.',
    ],
    ['no picture yet', { picture: 'none' }, 'waiting: Waiting for the picture…'],
    ['a standing picture', { picture: 'standing' }, 'waiting: The picture stands still, waiting…'],
    [
      'a browser that wants a touch',
      { picture: 'forbidden' },
      'forbidden: Touch or click to start the picture',
    ],
  ])('%s', (_what, view, expected) => {
    expect(read(view)).toBe(expected);
  });

  test('are there whenever the picture does not move', () => {
    const view = fc.record({
      nowMs: fc.constant(10_000),
      missing: fc.constantFrom('nothing', 'player', 'browser', 'codec'),
      access: fc.constantFrom('granted', 'denied', 'unknown-camera'),
      link: fc.constantFrom<View['link']>(
        { is: 'open' },
        { is: 'asleep' },
        { is: 'connecting', again: true },
        { is: 'waiting', again: false, retryAtMs: 10_500 },
      ),
      camera: fc.constantFrom<View['camera']>(
        undefined,
        recovering,
        { state: 'starting' },
        { state: 'streaming' },
      ),
      cameraRetryAtMs: fc.constantFrom(0, 15_000),
      picture: fc.constantFrom('none', 'standing', 'forbidden'),
    });
    fc.assert(fc.property(view, (standing) => words(standing)?.headline !== undefined));
  });
});

describe('the list of cameras', () => {
  test.each<[string, unknown, unknown]>([
    [
      'names and addresses',
      [{ id: 'front-door', name: 'Haustür 🚪' }],
      [{ name: 'Haustür 🚪', href: './front-door/' }],
    ],
    ['an odd id', [{ id: 'a b/../c', name: 'x' }], [{ name: 'x', href: './a%20b%2F..%2Fc/' }]],
    ['a camera without a name', [{ id: 'a', name: '' }], [{ name: 'a', href: './a/' }]],
    ['none', [], []],
    ['what is no camera', [null, 3, {}, { id: '' }], []],
    ['what is no list', { id: 'a' }, undefined],
  ])('%s', (_what, json, expected) => {
    expect(parseCameras(json)).toEqual(expected);
  });
});
