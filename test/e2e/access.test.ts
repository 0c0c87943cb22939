/** Who may watch, what the relay makes of those who speak nonsense, and where the token is found. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';
import { ProtocolViewer, upgradeStatus } from '../support/relay-viewer.js';
import { startStandInHomebridge, type StandInHomebridge } from '../support/stand-in-homebridge.js';

const soonMs = 15_000;
const wrongToken = '0'.repeat(64);
let standIn: StandInHomebridge;
/** The camera's address without token, for HTTP and for WebSockets. */
let page: string;
let socket: string;

beforeAll(async () => {
  standIn = await startStandInHomebridge({ platform: 'vc4', cameras: { 'Front door': {} } });
  page = `${standIn.origin}/front-door/`;
  socket = `ws://127.0.0.1:${standIn.port}/front-door/live`;
}, 60_000);

afterAll(async () => {
  expect(await standIn.stop()).toEqual([]);
}, 30_000);

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(url, { headers, redirect: 'manual' })).status;
}

/** Opens a page with the token, as people do. @returns the cookie they get for it */
async function sessionCookie(): Promise<string> {
  const answer = await fetch(`${page}?token=${standIn.token}`, { redirect: 'manual' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test.each(['/', '/front-door/', '/cameras.json'])('%s wants the token', async (path) => {
  const url = standIn.origin + path;
  expect(await statusOf(url)).toBe(401);
  expect(await statusOf(`${url}?token=${wrongToken}`)).toBe(401);
  expect(await statusOf(url, { Authorization: `Bearer ${wrongToken}` })).toBe(401);
  expect(await statusOf(url, { Cookie: `libcamera_session=${wrongToken}` })).toBe(401);
  expect(await statusOf(url, { Authorization: `Bearer ${standIn.token}` })).toBe(200);
});

test('a live stream wants the token', async () => {
  const status = (url: string, headers = {}): Promise<number> => upgradeStatus(url, [], { headers });
  expect(await status(socket)).toBe(401);
  expect(await status(`${socket}?token=${wrongToken}`)).toBe(401);
  expect(await status(socket, { Authorization: `Bearer ${wrongToken}` })).toBe(401);
  expect(await status(socket, { Authorization: `Bearer ${standIn.token}` })).toBe(101);
  expect(await status(`${socket}?token=${standIn.token}`)).toBe(101);
});

test('what is not there is said to be so only to those who may come in', async () => {
  const bearer = { Authorization: `Bearer ${standIn.token}` };
  for (const path of ['/nowhere/', '/nowhere/live']) {
    expect(await statusOf(standIn.origin + path)).toBe(401);
    expect(await statusOf(standIn.origin + path, bearer)).toBe(404);
  }
  const nowhere = `ws://127.0.0.1:${standIn.port}/nowhere/live`;
  expect(await upgradeStatus(nowhere, [], {})).toBe(401);
  expect(await upgradeStatus(nowhere, [], { headers: bearer })).toBe(404);
});

test('a page opened with the token gets a cookie in its place', async () => {
  for (const [path, location] of [
    ['/front-door/', '/front-door/'],
    ['/front-door', '/front-door/'],
    ['/', '/'],
  ] as const) {
    const answer = await fetch(`${standIn.origin}${path}?token=${standIn.token}`, { redirect: 'manual' });
    expect(answer.status).toBe(303);
    const target = new URL(answer.headers.get('location') ?? '', answer.url);
    expect(target.href).toBe(standIn.origin + location);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^libcamera_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(standIn.token);
    expect(await statusOf(target.href, { Cookie: cookie.split(';')[0] ?? '' })).toBe(200);
  }
});

test('a live stream takes the cookie from a page of this relay only', async () => {
  const cookie = await sessionCookie();
  const status = (origin: Record<string, string>): Promise<number> =>
    upgradeStatus(socket, ['libcamera.v1'], { headers: { Cookie: cookie, ...origin } });
  expect(await status({})).toBe(403);
  expect(await status({ Origin: 'https://evil.example' })).toBe(403);
  // Another program's pages on the same machine have the same host name, and get the same cookie.
  expect(await status({ Origin: `http://127.0.0.1:${standIn.port + 1}` })).toBe(403);
  expect(await status({ Origin: 'null' })).toBe(403);
  expect(await status({ Origin: standIn.origin })).toBe(101);
});

test('a client that speaks only unknown subprotocols is refused', async () => {
  const status = (protocols: string[]): Promise<number> =>
    upgradeStatus(standIn.socketUrl('front-door'), protocols, {});
  expect(await status(['libcamera.v2'])).toBe(400);
  expect(await status(['libcamera.v2', 'libcamera.v1'])).toBe(101);
});

describe('a client is disconnected for', () => {
  test.each([
    ['malformed JSON', '{"type":', 1007],
    ['more than 16 KiB', `"${'x'.repeat(16 * 1024)}"`, 1009],
  ])('%s', async (_, text, code) => {
    const viewer = await ProtocolViewer.open(standIn.socketUrl('front-door'));
    viewer.send(text);
    await viewer.ended();
    expect(viewer.closed?.code).toBe(code);
  });
});

test('what a client says that this version does not know is ignored', async () => {
  const viewer = await ProtocolViewer.open(standIn.socketUrl('front-door'));
  viewer.send(JSON.stringify({ type: 'later' }));
  viewer.send(JSON.stringify({ type: 'x'.repeat(16 * 1024 - '{"type":""}'.length) }));
  viewer.send(Buffer.from([1, 2, 3]));
  await viewer.state('streaming', soonMs);
  expect(viewer.pictures).toEqual([]);
  viewer.send(JSON.stringify({ type: 'start', tracks: [0, 7] }));
  await viewer.more(3, soonMs);
  await viewer.leave();
});

test('the token is in a file for this user only, and never in the log', async () => {
  const folder = join(standIn.homebridge.storage, 'homebridge-libcamera');
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  expect(standIn.token).toMatch(/^[0-9a-f]{64}$/);
  expect(modeOf(join(folder, 'access-token'))).toBe('600');
  expect(modeOf(folder)).toBe('700');
  // Whoever brings it wrongly must not find it there either.
  await statusOf(`${standIn.origin}/nowhere/?token=${standIn.token}`);
  const [, session = ''] = (await sessionCookie()).split('=');
  expect(session).not.toBe('');
  expect(standIn.homebridge.log.some((line) => line.includes('[Libcamera]'))).toBe(true);
  const secret = (line: string): boolean => line.includes(standIn.token) || line.includes(session);
  expect(standIn.homebridge.log.filter(secret)).toEqual([]);
});

test('the command line prints a link that lets people in', async () => {
  const program = join(projectRoot, 'dist/src/cli/main.js');
  const args = [program, 'link', '-U', standIn.homebridge.storage];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [name, link = ''] = stdout.trim().split(/: (?=http)/);
  expect(name).toBe('Front door');
  const answer = await fetch(link, { redirect: 'manual' });
  expect(answer.status).toBe(303);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const target = new URL(answer.headers.get('location') ?? '', link).href;
  const live = await fetch(target, { headers: { Cookie: cookie } });
  expect(live.status).toBe(200);
  expect(await live.text()).toContain('<main');
});
