import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { launch, type Browser, type Page } from 'puppeteer-core';

export type BrowserKind = 'chromium' | 'firefox';

export interface OpenBrowser {
  readonly browser: Browser;
  /** Its profile's folder. */
  readonly profile: string;
  /** Ends the browser; leaves neither a process nor its profile. May be called twice. */
  close(): Promise<void>;
}

/** What a machine may call them, first choice first. */
const programs: Record<BrowserKind, readonly string[]> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
};

/** The browser's program: from the environment (CHROMIUM, FIREFOX), else from PATH. */
export function findBrowser(kind: BrowserKind): string {
  const given = process.env[kind.toUpperCase()];
  if (given) return given;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = programs[kind]
    .flatMap((program) => folders.map((folder) => join(folder, program)))
    .find(isExecutable);
  if (!found) throw new Error(`No ${kind} on PATH; set ${kind.toUpperCase()} to its program.`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a headless browser with a profile of its own. */
export async function openBrowser(kind: BrowserKind): Promise<OpenBrowser> {
  const profile = mkdtempSync(join(tmpdir(), `homebridge-libcamera-${kind}-`));
  const removeProfile = () =>
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  let browser: Browser;
  try {
    browser = await launch({
      browser: kind === 'chromium' ? 'chrome' : 'firefox',
      executablePath: findBrowser(kind),
      headless: true,
      userDataDir: profile,
      // A sandbox is not to be had as root or in most containers.
      args: kind === 'chromium' ? ['--no-sandbox'] : [],
      defaultViewport: { width: 960, height: 600 },
    });
  } catch (error) {
    removeProfile();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    browser,
    profile,
    close: () => (closing ??= end(browser).finally(removeProfile)),
  };
}

const CLOSE_WITHIN_MS = 10_000;

async function end(browser: Browser): Promise<void> {
  const child = browser.process();
  const exited = new Promise<void>((resolve) => {
    if (child?.exitCode === null && child.signalCode === null) child.once('exit', () => resolve());
    else resolve();
  });
  const giveUp = setTimeout(() => child?.kill('SIGKILL'), CLOSE_WITHIN_MS);
  try {
    await browser.close().catch(() => child?.kill('SIGKILL'));
    await exited;
  } finally {
    clearTimeout(giveUp);
  }
  if (child?.pid !== undefined) killGroup(child.pid);
}

/** puppeteer starts the browser as the leader of a process group: its helpers end with it, however it ended. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Runs an expression in the page. Source text, because the tests are compiled without the DOM's types. */
export async function inPage<T>(page: Page, expression: string): Promise<T> {
  return (await page.evaluate(expression)) as T;
}

/**
 * Opens an empty page.
 *
 * @returns it, and all that its pages and their browser complain of from now on: errors, and breaches of their policy
 */
export async function openPage({
  browser,
}: OpenBrowser): Promise<{ page: Page; complaints: readonly string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warn') complaints.push(message.text());
  });
  await page.evaluateOnNewDocument(
    `addEventListener('securitypolicyviolation', (event) => {
      setTimeout(() => { throw new Error('Against the policy: ' + event.blockedURI); });
    });`,
  );
  return { page, complaints };
}

/** Waits until an expression is true in the page; the error names it. */
export async function until(page: Page, expression: string, withinMs: number): Promise<void> {
  try {
    await page.waitForFunction(expression, { timeout: withinMs, polling: 50 });
  } catch (error) {
    const seen = await inPage<string>(page, 'document.body.innerText').catch(() => 'nothing');
    throw new Error(`Not true within ${withinMs} ms: ${expression}\nThe page says: ${seen}`, {
      cause: error,
    });
  }
}

/** Reads a number out of a picture, RGBA; `null` when there is none. Must not refer to anything outside itself. */
export type ReadCounter = (pixels: Uint8ClampedArray, width: number, height: number) => number | null;

/**
 * Watches the page's video for some time and returns the numbers `readCounter` finds in its pictures, in the order seen,
 * each once per appearance.
 */
export async function readFrameCounters(page: Page, ms: number, readCounter: ReadCounter): Promise<number[]> {
  return inPage<number[]>(
    page,
    `(async () => {
      const readCounter = ${readCounter.toString()};
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const seen = [];
      const end = performance.now() + ${ms};
      while (performance.now() < end) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const video = document.querySelector('video');
        if (!video || video.readyState < 2 || video.videoWidth === 0) continue;
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        context.drawImage(video, 0, 0);
        const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
        const counter = readCounter(data, width, height);
        if (counter !== null && counter !== seen.at(-1)) seen.push(counter);
      }
      return seen;
    })()`,
  );
}
