import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { openBrowser, type BrowserKind, type OpenBrowser } from '../support/browser.js';

let opened: OpenBrowser | undefined;
afterEach(() => opened?.close());

/** The living processes of a process group: the browser and its helpers. */
function membersOf(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      // "pid (name) state parent group …"; a name may hold anything, brackets too.
      const [state, , member] = readFileSync(`/proc/${pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(member) === group && state !== 'Z';
    } catch {
      return false;
    }
  });
}

test.each<BrowserKind>(['chromium', 'firefox'])('%s is closed once and leaves nothing', async (kind) => {
  opened = await openBrowser(kind);
  const leader = opened.browser.process()?.pid ?? 0;
  await opened.browser.newPage();
  expect(membersOf(leader).length).toBeGreaterThan(1);
  expect(existsSync(opened.profile)).toBe(true);
  await Promise.all([opened.close(), opened.close()]);
  await opened.close();
  const deadline = Date.now() + 5000;
  while (membersOf(leader).length > 0 && Date.now() < deadline) await new Promise(setImmediate);
  expect(membersOf(leader)).toEqual([]);
  expect(existsSync(opened.profile)).toBe(false);
});
