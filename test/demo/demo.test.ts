import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { projectRoot } from '../setup/paths.js';
import { expectPicturesAdvance } from '../e2e/page-checks.js';
import { openBrowser } from '../support/browser.js';
import { freePort } from '../support/free-port.js';
import { killMarked, markerVariable, processesWithMarker, waitForNoProcess } from '../support/processes.js';
import type { DemoReport } from './ready.js';

/** The temporary folders of this file only: other demos may be running. */
let temporary: string;
let marker: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'demo-test-'));
  marker = randomUUID();
});

afterEach(async () => {
  await killMarked(marker, 5_000);
  rmSync(temporary, { recursive: true, force: true });
});

interface Demo {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exit: Promise<unknown[]>;
  /** All of stderr, when the demo has ended. */
  readonly stderr: Promise<string>;
}

function startDemo(args: readonly string[]): Demo {
  const child = spawn(process.execPath, [join(projectRoot, 'dist/test/demo/main.js'), ...args], {
    env: { ...process.env, TMPDIR: temporary, [markerVariable]: marker },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, exit: once(child, 'exit'), stderr: text(child.stderr) };
}

/** Runs a demo that ends by itself. */
async function runDemo(args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const demo = startDemo(args);
  const [stdout, stderr, [code]] = await Promise.all([text(demo.child.stdout), demo.stderr, demo.exit]);
  return { code, stdout, stderr };
}

/** The line of `--json`. */
async function readReport(demo: Demo): Promise<DemoReport> {
  const line = await Promise.race([
    once(createInterface({ input: demo.child.stdout }), 'line').then(([first]) => String(first)),
    demo.exit.then(async () => Promise.reject(new Error(await demo.stderr))),
  ]);
  return JSON.parse(line) as DemoReport;
}

/** Opens a page with the token as a browser does: the cookie is set, and the address without the token follows. */
async function openPage(url: string): Promise<number> {
  const first = await fetch(url, { redirect: 'manual' });
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const page = await fetch(new URL(first.headers.get('location') ?? '', url), { headers: { cookie } });
  expect(page.url).not.toContain('token');
  return page.status;
}

/** The first access unit that the relay sends. */
async function firstPicture(socketUrl: string): Promise<Buffer> {
  const socket = new WebSocket(socketUrl);
  try {
    const [data] = (await once(socket, 'message', { signal: AbortSignal.timeout(15_000) })) as [Buffer];
    return data;
  } finally {
    socket.terminate();
  }
}

async function expectNothingLeft(): Promise<void> {
  expect(await waitForNoProcess(marker, 5_000)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'shows pictures of two cameras, and %s leaves no process and no folder',
  async (signal) => {
    const started = performance.now();
    const demo = startDemo(['--json', '--cameras', '2', '--port', String(await freePort())]);
    const report = await readReport(demo);
    // Promised are 5 s; a busy machine may take three times as long.
    expect(performance.now() - started).toBeLessThan(15_000);

    expect(report.pid).toBe(demo.child.pid);
    expect(report.cameras.map((camera) => camera.name)).toEqual(['Demo camera 1', 'Demo camera 2']);
    expect(report.liveUrl).toBe(report.cameras[0]?.liveUrl);
    expect(report.homekit.pin).toMatch(/^\d{3}-\d{2}-\d{3}$/);
    expect(existsSync(join(report.storage, 'config.json'))).toBe(true);
    expect(await openPage(report.liveUrl)).toBe(200);
    for (const camera of report.cameras) {
      const picture = await firstPicture(camera.socketUrl);
      // Annex B: a start code, and a sequence parameter set (type 7) first.
      expect(picture.subarray(0, 4)).toEqual(Buffer.of(0, 0, 0, 1));
      expect((picture[4] ?? 0) & 0x1f).toBe(7);
    }

    demo.child.kill(signal);
    expect(await demo.exit).toEqual([0, null]);
    await expectNothingLeft();
  },
  60_000,
);

test.each(['vc4', 'pisp'] as const)(
  '%s: its link shows moving pictures in Chromium',
  async (platform) => {
    const demo = startDemo(['--json', '--platform', platform, '--port', String(await freePort())]);
    const { liveUrl } = await readReport(demo);
    const browser = await openBrowser('chromium');
    try {
      const page = await browser.browser.newPage();
      await page.goto(liveUrl);
      await page.waitForSelector('main[data-state="playing"]', { timeout: 15_000 });
      await expectPicturesAdvance(page, platform);
      expect(page.url()).not.toContain('token');
    } finally {
      await browser.close();
      demo.child.kill('SIGINT');
      await demo.exit;
    }
    await expectNothingLeft();
  },
  60_000,
);

test('says so, and cleans up, when Homebridge ends by itself', async () => {
  const demo = startDemo(['--json', '--port', String(await freePort())]);
  const report = await readReport(demo);
  const homebridge = processesWithMarker(marker).find(
    ({ pid, command }) => pid !== demo.child.pid && command.includes('homebridge'),
  );
  expect(homebridge).toBeDefined();
  process.kill(homebridge?.pid ?? 0, 'SIGKILL');
  expect(await demo.exit).toEqual([1, null]);
  expect((await demo.stderr).trimEnd().split('\n').at(-1)).toBe('Homebridge ended by itself (SIGKILL).');
  expect(existsSync(report.storage)).toBe(false);
  await expectNothingLeft();
}, 60_000);

/** Takes the port, unless somebody else has it already. */
async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

test('takes another port, and says so, when the usual one is taken', async () => {
  const server = await occupy(8190);
  try {
    const demo = startDemo(['--json']);
    const { port } = new URL((await readReport(demo)).liveUrl);
    demo.child.kill('SIGINT');
    expect(port).not.toBe('8190');
    expect(await demo.stderr).toContain(`Port 8190 is taken; the live view is on port ${port}.\n`);
  } finally {
    server.close();
  }
  await expectNothingLeft();
}, 60_000);

test('refuses a port that was asked for and is taken', async () => {
  const port = await freePort();
  const server = await occupy(port);
  try {
    expect(await runDemo(['--port', String(port)])).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is taken. Choose another one with --port.\n`,
    });
  } finally {
    server.close();
  }
  await expectNothingLeft();
});

test('refuses what it does not understand with exit code 2', async () => {
  const refused = await runDemo(['--camera', '2']);
  expect(refused.code).toBe(2);
  expect(refused.stdout).toBe('');
  expect(refused.stderr).toMatch(/^--camera is not known\. Allowed: .*\n$/);
});

test('refuses a program that cannot be run', async () => {
  const program = join(temporary, 'rpicam-vid');
  const withoutPermission = (): void => writeFileSync(program, '#!/bin/sh\n', { mode: 0o644 });
  for (const prepare of [(): void => undefined, withoutPermission]) {
    prepare();
    expect(await runDemo(['--program', program])).toEqual({
      code: 2,
      stdout: '',
      stderr: `--program ${program} is not possible. Allowed: the path of a file that can be run.\n`,
    });
  }
  rmSync(program);
  await expectNothingLeft();
});
