import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Relay } from '../../src/relay/relay.js';
import { openRelay, token } from '../support/a-relay.js';

let relay: Relay;
let url: string;
beforeAll(async () => {
  const opened = await openRelay();
  relay = opened.relay;
  url = `http://127.0.0.1:${opened.port}/`;
});
afterAll(() => relay.close());

const page = (path: string, cookie = ''): Promise<Response> =>
  fetch(url + path, { redirect: 'manual', headers: { cookie } });

test('a page opened with the token sets a strict session cookie and drops the token from the address', async () => {
  const answer = await page(`?token=${token}&x=1`);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('./?x=1');
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^libcamera_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/),
    expect.stringMatching(/^libcamera_arrival=1; Path=\/; Max-Age=10; HttpOnly; SameSite=Lax$/),
  ]);
});

test('a browser that leaves the strict cookie out of the redirect gets a page that loads itself again, once', async () => {
  const answer = await page('', 'libcamera_arrival=1');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('<meta http-equiv="refresh" content="0">');
  expect(answer.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^libcamera_arrival=; Path=\/; Max-Age=0;/),
  ]);
});

test('an arrival proves nothing', async () => {
  expect((await page('')).status).toBe(401);
  expect((await page('cameras.json', 'libcamera_arrival=1')).status).toBe(401);
});
