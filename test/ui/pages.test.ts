/** The pages in real browsers, against a stand-in for the relay that plays a recording. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'puppeteer-core';
import { inPage, openBrowser, until, type BrowserKind, type OpenBrowser } from '../support/browser.js';
import { FakeRelay } from './fake-relay.js';

/** A page plays within 1 s on a quiet machine; this one may be a busy one. */
const SOON_MS = 15_000;

const STATE = "document.querySelector('main').dataset.state";
const END_S = `(() => {
  const { buffered } = document.querySelector('video');
  return buffered.length > 0 ? buffered.end(buffered.length - 1) : 0;
})()`;
const GAP_S = `(${END_S} - document.querySelector('video').currentTime)`;

describe.each<BrowserKind>(['chromium', 'firefox'])('in %s', (kind) => {
  let browser: OpenBrowser;
  let relay: FakeRelay;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await openBrowser(kind);
  });

  beforeEach(async () => {
    relay = await FakeRelay.open();
    page = await browser.browser.newPage();
    complaints = [];
    page.on('pageerror', (error) => {
      // Firefox counts a refused WebSocket among the page's errors.
      if (!String(error).includes('establish a connection')) complaints.push(String(error));
    });
    // Words that stand for half a second only are written down, or a stalled machine would miss them.
    await page.evaluateOnNewDocument(
      `addEventListener('securitypolicyviolation', (event) => {
        setTimeout(() => { throw new Error('Against the policy: ' + event.blockedURI); });
      });
      window.said = [];
      new MutationObserver(() => window.said.push(document.querySelector('#words')?.innerText ?? ''))
        .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });`,
    );
  });

  afterEach(async () => {
    await page.close();
    await relay.close();
    expect(complaints).toEqual([]);
  });

  afterAll(() => browser.close());

  /** Opens the live page and waits for its moving picture. */
  async function watch(): Promise<void> {
    await page.goto(`${relay.address}/cam/`);
    await until(page, `${STATE} === 'playing'`, SOON_MS);
  }

  /** The words on the page, in one line. */
  async function says(): Promise<string> {
    return inPage(page, "document.querySelector('#words').innerText.replace(/\\s+/g, ' ').trim()");
  }

  test('the live page plays at once, muted, and stays near the live edge', async () => {
    await watch();
    await until(page, "document.querySelector('video').videoWidth === 1280", SOON_MS);
    expect(await inPage(page, "document.querySelector('video').muted")).toBe(true);
    expect(await page.title()).toBe('Front door');
    expect(relay.connections).toBe(1);
    const before = await inPage<number>(page, "document.querySelector('video').currentTime");
    await until(page, `document.querySelector('video').currentTime > ${before + 5}`, 15_000);
    await until(page, `${GAP_S} < 1`, 1000);
  });

  test('it connects again and plays on after the connection is lost', async () => {
    await watch();
    relay.dropViewers();
    await until(
      page,
      "said.some((words) => words.includes('Connection lost, trying again in 1 s'))",
      SOON_MS,
    );
    await until(page, `${STATE} === 'playing' && ${GAP_S} < 1`, SOON_MS);
    expect(relay.connections).toBe(2);
  });

  test('it says why there is no picture, and plays when the camera is back', async () => {
    await watch();
    relay.pause();
    relay.say({
      state: 'recovering',
      reason: 'The camera program ended unexpectedly (signal SIGKILL).',
      remedy: 'Check the power supply.',
      retryInMs: 60_000,
    });
    await until(page, `${STATE} === 'recovering'`, SOON_MS);
    expect(await says()).toMatch(
      /^Front door Trying again in \d+ s The camera program ended unexpectedly \(signal SIGKILL\)\. Check the power supply\.$/,
    );
    relay.say({ state: 'failed', reason: 'No camera is connected.', remedy: 'Check the <b>cable</b>.' });
    await until(page, `${STATE} === 'failed'`, SOON_MS);
    expect(await says()).toBe(
      'Front door The camera cannot be started No camera is connected. Check the <b>cable</b>.',
    );
    relay.say({ state: 'starting' });
    await until(page, `${STATE} === 'starting'`, SOON_MS);
    relay.say({ state: 'streaming' });
    relay.resume();
    await until(page, `${STATE} === 'playing' && ${GAP_S} < 1`, SOON_MS);
    expect(relay.connections).toBe(1);
  });

  test('it begins anew after pictures nothing can decode', async () => {
    await watch();
    await inPage(page, "void (document.querySelector('video').dataset.old = 'yes')");
    relay.sendGarbage();
    await until(page, `!document.querySelector('video').dataset.old && ${STATE} === 'playing'`, SOON_MS);
    expect(relay.connections).toBeGreaterThan(1);
    expect(await inPage(page, "document.querySelectorAll('video').length")).toBe(1);
  });

  test('it begins anew when the camera changes its picture size', async () => {
    await watch();
    await inPage(page, "void (document.querySelector('video').dataset.old = 'yes')");
    relay.changeTrack({ width: 640, height: 360 });
    await until(page, `!document.querySelector('video').dataset.old && ${STATE} === 'playing'`, SOON_MS);
    expect(relay.connections).toBeGreaterThan(1);
  });

  test('it catches up after the network has held the pictures back', async () => {
    await watch();
    const endS = await inPage<number>(page, END_S);
    await relay.hold(800);
    await until(page, `${END_S} > ${endS + 0.7}`, SOON_MS);
    await until(page, `${GAP_S} < 0.35`, SOON_MS);
    expect(relay.connections).toBe(1);
  });

  test('it connects again when pictures stop coming without a word', async () => {
    await watch();
    relay.pause();
    await until(page, "said.some((words) => words.includes('The picture stands still, waiting…'))", SOON_MS);
    await until(
      page,
      "said.some((words) => words.includes('Connection lost, trying again in 1 s'))",
      SOON_MS,
    );
    relay.resume();
    await until(page, `${STATE} === 'playing'`, SOON_MS);
    expect(relay.connections).toBeGreaterThan(1);
  });

  test('it says that access has expired', async () => {
    await watch();
    relay.letsIn = false;
    relay.dropViewers();
    await until(page, `${STATE} === 'denied'`, SOON_MS);
    expect(await says()).toMatch(/^Front door Access has expired Open this page again/);
    relay.letsIn = true;
    await until(page, `${STATE} === 'playing'`, SOON_MS);
  });

  test('the overview leads to the cameras, whatever their names', async () => {
    relay.cameras = [
      { id: 'cam', name: 'Haustür 🚪 <b>' },
      { id: 'garden', name: '庭' },
    ];
    await page.goto(`${relay.address}/`);
    await until(page, "document.querySelectorAll('a').length === 2", SOON_MS);
    const links = "[...document.querySelectorAll('a')].map((link) => [link.textContent, link.href])";
    expect(await inPage(page, links)).toEqual([
      ['Haustür 🚪 <b>', `${relay.address}/cam/`],
      ['庭', `${relay.address}/garden/`],
    ]);
  });
});
