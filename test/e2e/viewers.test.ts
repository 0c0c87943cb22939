/** Many viewers of one camera: sockets of both forms, and real browsers. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Platform } from '../demo/environment.js';
import { openBrowser, openPage, until, type BrowserKind, type OpenBrowser } from '../support/browser.js';
import { projectRoot } from '../support/fixtures.js';
import { PlainViewer, ProtocolViewer } from '../support/relay-viewer.js';
import { cameraPid, startStandInHomebridge, type StandInHomebridge } from '../support/stand-in-homebridge.js';
import { expectPicturesAdvance } from './page-checks.js';
import { compareWithClip, protocolFaults, unequalMessages } from './stream-checks.js';

/** A picture comes every 33 ms, the first one within 1 s of the camera's start. */
const soonMs = 15_000;
const camera = 'Front door';
const id = 'front-door';
const platforms = ['vc4', 'pisp'] as const;
const kinds = ['chromium', 'firefox'] as const;
const isPlaying = "document.querySelector('main').dataset.state === 'playing'";

const homebridges = new Map<Platform, StandInHomebridge>();
const browsers = new Map<BrowserKind, OpenBrowser>();

beforeAll(async () => {
  const cameras = { [camera]: {} };
  await Promise.all(
    platforms.map(async (platform) =>
      homebridges.set(platform, await startStandInHomebridge({ platform, cameras })),
    ),
  );
  await Promise.all(kinds.map(async (kind) => browsers.set(kind, await openBrowser(kind))));
}, 60_000);

afterAll(async () => {
  await Promise.all([...browsers.values()].map((browser) => browser.close()));
  const left = await Promise.all([...homebridges.values()].map((homebridge) => homebridge.stop()));
  expect(left.flat()).toEqual([]);
}, 30_000);

/** What `beforeAll` started. */
function started<Key, Value>(things: ReadonlyMap<Key, Value>, key: Key): Value {
  const thing = things.get(key);
  if (thing === undefined) throw new Error(`${String(key)} did not start.`);
  return thing;
}

describe.each(platforms)('on %s', (platform) => {
  test('ten sockets and two browsers get every picture in order, and nobody notices who leaves', async () => {
    const homebridge = started(homebridges, platform);
    // Each comes while the pictures of the others go on, at another place between two IDRs.
    const first = await ProtocolViewer.watch(homebridge.socketUrl(id));
    const speaking = [first];
    const plain: PlainViewer[] = [];
    for (const query of ['', 'join=gop', '', 'join=gop', 'join=idr']) {
      await first.more(7, soonMs);
      plain.push(await PlainViewer.open(homebridge.socketUrl(id, query)));
      if (speaking.length < 5) speaking.push(await ProtocolViewer.watch(homebridge.socketUrl(id)));
    }
    const pid = cameraPid(homebridge, camera);
    const viewers = [...speaking, ...plain];
    expect(viewers).toHaveLength(10);

    await Promise.all(
      kinds.map(async (kind) => {
        const { page, complaints } = await openPage(started(browsers, kind));
        await page.goto(homebridge.pageUrl(id));
        await until(page, isPlaying, soonMs);
        await expectPicturesAdvance(page, platform);
        await page.close();
        expect(complaints).toEqual([]);
      }),
    );

    const leave = [() => plain[0]?.leave(), () => speaking[1]?.drop(), () => plain[1]?.drop()];
    for (const leaves of [...leave, () => speaking[2]?.leave()]) {
      await Promise.all([leaves(), first.more(10, soonMs)]);
    }
    const staying = viewers.filter((viewer) => viewer.closed === undefined);
    expect(staying).toHaveLength(6);
    const newest = first.pictures.at(-1)?.data ?? Buffer.alloc(0);
    const hasNewest = (viewer: PlainViewer): boolean =>
      viewer.pictures.slice(-60).some(({ data }) => data.equals(newest));
    await Promise.all(
      staying.map((viewer) => viewer.until('the newest picture', soonMs, () => hasNewest(viewer))),
    );

    expect(cameraPid(homebridge, camera)).toBe(pid);
    for (const viewer of viewers)
      expect(compareWithClip(viewer.pictures, platform)).toEqual({ faults: [], restarts: [] });
    for (const viewer of speaking) expect(protocolFaults(viewer)).toEqual([]);
    // Who came later got a burst of what the first one had received live.
    const bursts = speaking.slice(1).map((viewer) => viewer.messages('burst')[0]?.pictures);
    expect(Math.min(...bursts.map(Number))).toBeGreaterThan(0);
    expect(unequalMessages(speaking)).toEqual([]);
    await Promise.all(staying.map((viewer) => viewer.leave()));
  }, 60_000);

  test('the page people have today plays in both browsers', async () => {
    const homebridge = started(homebridges, platform);
    const server = await serveSeedPage(homebridge.origin);
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await Promise.all(
        kinds.map(async (kind) => {
          const { page, complaints } = await openPage(started(browsers, kind));
          await page.goto(`${address}#${encodeURIComponent(homebridge.socketUrl(id))}`);
          await until(page, "document.querySelector('video').readyState > 2", soonMs);
          await expectPicturesAdvance(page, platform);
          await page.close();
          expect(complaints).toEqual([]);
        }),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }, 60_000);
});

/** Serves the page on a port of its own: it is a foreign page to the relay, which only gives it jmuxer. */
async function serveSeedPage(relay: string): Promise<Server> {
  const seedPage = readFileSync(new URL('test/fixtures/seed-page.html', projectRoot));
  const server = createServer((request, response) => {
    if (request.url === '/') response.setHeader('Content-Type', 'text/html').end(seedPage);
    else if (request.url === '/assets/jmuxer.min.js')
      response.writeHead(302, { Location: `${relay}/assets/jmuxer.min.js` }).end();
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
