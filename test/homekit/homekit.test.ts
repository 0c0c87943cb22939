import { describe, expect, test } from '@jest/globals';
import * as hap from '@homebridge/hap-nodejs';
import type { PrepareStreamRequest, StreamingRequest } from 'homebridge';
import fc from 'fast-check';
import { CameraDelegate } from '../../src/homekit/camera-delegate.js';
import { homekitName } from '../../src/homekit/homekit-name.js';
import type { MediaPlane } from '../../src/media/media-plane.js';

/** What hap-nodejs warns of otherwise (util/checkName). */
const accepted = /^[\p{L}\p{N}][\p{L}\p{N}\p{Zs}’'&!._:;()/,-]*[\p{L}\p{N}]$/u;

describe('names for HomeKit', () => {
  test.each([
    ['Front door', 'Front door'],
    ['Küche ☀', 'Küche'],
    ['  "Hof" <2> ', 'Hof 2'],
    ['☀', 'Camera'],
    ['A', 'Camera A'],
    ['Ku\u0308che', 'Küche'],
    ['Anna’s room (1st)', 'Anna’s room (1st'],
    ['a'.repeat(100), 'a'.repeat(64)],
  ])('%j becomes %j', (name, expected) => {
    expect(homekitName(name)).toBe(expected);
  });

  test('whatever the name, HomeKit accepts it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => expect(homekitName(name)).toMatch(accepted)),
    );
  });
});

describe('the delegate', () => {
  type Answer = readonly unknown[];

  function ask(
    media: Partial<MediaPlane> | undefined,
    how: (delegate: CameraDelegate, answer: (...args: unknown[]) => void) => void,
  ): Promise<Answer[]> {
    const answers: Answer[] = [];
    const delegate = new CameraDelegate('door', () => media as MediaPlane | undefined, hap);
    how(delegate, (...args) => answers.push(args));
    return new Promise((resolve) => setTimeout(() => resolve(answers), 50));
  }

  const snapshot = (delegate: CameraDelegate, answer: (...args: unknown[]) => void): void =>
    delegate.handleSnapshotRequest({ width: 640, height: 360 }, answer);

  test('hands on a snapshot as it comes, once', async () => {
    const jpeg = new Uint8Array([0xff, 0xd8, 1, 2]);
    const answers = await ask({ snapshot: () => Promise.resolve({ jpeg, shows: 'picture' }) }, snapshot);
    expect(answers).toEqual([[undefined, Buffer.from(jpeg)]]);
  });

  test.each<[what: string, media: Partial<MediaPlane> | undefined]>([
    ['does not run yet', undefined],
    ['knows no such camera', { snapshot: () => Promise.resolve(undefined) }],
    ['fails', { snapshot: () => Promise.reject(new Error('x')) }],
  ])('answers a snapshot with an error, once, when the media plane %s', async (_, media) => {
    const answers = await ask(media, snapshot);
    expect(answers).toHaveLength(1);
    expect(answers[0]?.[0]).toBeInstanceOf(Error);
  });

  test('answers the preparation of a stream with an error, never a hang', async () => {
    const answers = await ask({}, (delegate, answer) =>
      delegate.prepareStream({} as PrepareStreamRequest, answer),
    );
    expect(answers).toHaveLength(1);
    expect(answers[0]?.[0]).toBeInstanceOf(Error);
  });

  test.each([
    ['start', Error],
    ['reconfigure', Error],
    ['stop', undefined],
  ])('answers %s of a stream', async (type, expected) => {
    const request = { type, sessionID: 'x' } as unknown as StreamingRequest;
    const answers = await ask({}, (delegate, answer) => delegate.handleStreamRequest(request, answer));
    expect(answers).toHaveLength(1);
    if (expected) expect(answers[0]?.[0]).toBeInstanceOf(Error);
    else expect(answers[0]?.[0]).toBeUndefined();
  });
});
