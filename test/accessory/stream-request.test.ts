/** The Home app asks for a stream, which does not exist yet: it is answered with an error at once, and once only. */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { describe, expect, jest, test } from '@jest/globals';
import type {
  CameraController,
  Characteristic,
  HAP,
  PrepareStreamRequest,
  StreamingRequest,
} from 'homebridge';
import { CameraDelegate } from '../../src/homekit/camera-delegate.js';

const load = createRequire(import.meta.url);
const libraries = [
  ['hap-nodejs 0.14 (Homebridge 1)', 'hap-nodejs'],
  ['hap-nodejs 2 (Homebridge 2)', '@homebridge/hap-nodejs'],
] as const;

type Connection = NonNullable<Parameters<Characteristic['handleSetRequest']>[1]>;

/** Type, length, value, as HAP has it. */
const tlv = (...items: readonly (readonly [number, Buffer])[]): Buffer =>
  Buffer.concat(items.flatMap(([type, value]) => [Buffer.from([type, value.length]), value]));

const byte = (value: number): Buffer => Buffer.from([value]);
const port = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const srtp = tlv([1, byte(0)], [2, Buffer.alloc(16, 1)], [3, Buffer.alloc(14, 2)]);
const sessionId = Buffer.alloc(16, 7);

/** A write to SetupEndpoints (HAP specification, 9.104). */
const setupEndpoints = tlv(
  [1, sessionId],
  [3, tlv([1, byte(0)], [2, Buffer.from('192.0.2.1')], [3, port(50_000)], [4, port(50_002)])],
  [4, srtp],
  [5, srtp],
).toString('base64');

/** A write to SelectedRTPStreamConfiguration (9.103) that ends (0) a session. */
const endSession = tlv([1, tlv([1, sessionId], [2, byte(0)])]).toString('base64');

describe.each(libraries)('%s', (_, name) => {
  const hap = load(name) as HAP;
  const delegate = (): CameraDelegate => new CameraDelegate('front-door', () => undefined, hap);

  test('prepareStream calls back exactly once, with an error', async () => {
    const callback = jest.fn();
    delegate().prepareStream({} as PrepareStreamRequest, callback);
    await new Promise((resolve) => setImmediate(resolve));
    expect(callback.mock.calls).toEqual([[expect.any(Error)]]);
  });

  test.each([
    ['start', true],
    ['reconfigure', true],
    ['stop', false],
  ])('a request to %s a stream is answered exactly once, with an error: %s', async (type, fails) => {
    const callback = jest.fn();
    delegate().handleStreamRequest({ type, sessionID: 'x' } as unknown as StreamingRequest, callback);
    await new Promise((resolve) => setImmediate(resolve));
    expect(callback.mock.calls).toEqual([[fails ? expect.any(Error) : undefined]]);
  });

  test('a still picture that cannot be had is answered exactly once, with an error', async () => {
    const callback = jest.fn();
    delegate().handleSnapshotRequest({ height: 360, width: 640 }, callback);
    await new Promise((resolve) => setImmediate(resolve));
    expect(callback.mock.calls).toEqual([[expect.any(Error)]]);
  });

  test('SetupEndpoints is answered with the status "error", again and again', async () => {
    const accessory = new hap.Accessory('Front door', hap.uuid.generate('front door'));
    accessory.configureController(cameraController(hap, delegate()));
    const service = accessory.services.find(
      ({ UUID }) => UUID === hap.Service.CameraRTPStreamManagement.UUID,
    );
    if (service === undefined) throw new Error('There is no stream management.');
    const endpoints = service.getCharacteristic(hap.Characteristic.SetupEndpoints);
    const selected = service.getCharacteristic(hap.Characteristic.SelectedRTPStreamConfiguration);
    const connection = Object.assign(new EventEmitter(), {
      sessionID: 'test',
      localAddress: '192.0.2.2',
      getLocalAddress: () => '192.0.2.2',
    }) as unknown as Connection;

    for (const attempt of [1, 2, 3]) {
      await endpoints.handleSetRequest(setupEndpoints, connection).catch(() => undefined);
      const answer = Buffer.from((await endpoints.handleGetRequest(connection)) as string, 'base64');
      // Status (2), one byte: 0 success, 1 busy, 2 error.
      const status = answer.indexOf(Buffer.from([2, 1]));
      expect({ attempt, status: answer[status + 2] }).toEqual({ attempt, status: 2 });
    }
    // Nobody knows such a session: an answer, whatever it is, and no hang.
    await selected.handleSetRequest(endSession, connection).catch(() => undefined);
  });
});

function cameraController(hap: HAP, delegate: CameraDelegate): CameraController {
  return new hap.CameraController({
    cameraStreamCount: 1,
    delegate,
    streamingOptions: {
      supportedCryptoSuites: [hap.SRTPCryptoSuites.AES_CM_128_HMAC_SHA1_80],
      video: {
        codec: { profiles: [hap.H264Profile.MAIN], levels: [hap.H264Level.LEVEL4_0] },
        resolutions: [[1280, 720, 30]],
      },
    },
  });
}
