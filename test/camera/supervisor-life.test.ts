import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Supervisor } from '../../src/camera/supervisor.js';
import type { CameraSettings } from '../../src/config/settings.js';
import { readSettings } from '../../src/config/read-settings.js';
import { ProcessSlots } from '../../src/media/process-slots.js';
import type { CameraState } from '../../src/shared/camera-state.js';
import { systemClock } from '../../src/shared/clock.js';
import { realMachine } from '../support/machine.js';

let folder: string;
let states: CameraState[];
let abort: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  states = [];
  abort = new AbortController();
});

afterEach(() => {
  abort.abort();
  rmSync(folder, { recursive: true, force: true });
});

/** A supervisor of a shell script; `$1` is the first word it was given. */
function supervise(script: string): Supervisor {
  const program = join(folder, 'program');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  const [camera] = readSettings({ cameras: [{ name: 'X', program }] }).cameras;
  const settings = { ...(camera as CameraSettings), id: 'x' };
  const log = (): void => undefined;
  return new Supervisor({
    settings,
    clock: systemClock,
    log,
    random: () => 0,
    host: realMachine({
      settings,
      registry: new ProcessSlots(),
      log,
      deviceNames: folder,
      ptsFifo: join(folder, 'run', 'x.pts'),
      signal: abort.signal,
    }),
    listener: {
      started: () => undefined,
      bytes: () => undefined,
      ptsBytes: () => undefined,
      state: (state) => states.push(state),
    },
  });
}

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const probes = 'case "$1" in --version) exit;; --help) echo "  -o [ --output ] arg"; exit;; esac';

test('a program that does not answer does not delay the end', async () => {
  const supervisor = supervise('exec sleep 60');
  supervisor.start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const begun = Date.now();
  await supervisor.stop();
  expect(Date.now() - begun).toBeLessThan(1000);
  expect(states.at(-1)).toEqual({ state: 'stopped' });
});

test('a program that does not answer is asked again', async () => {
  const supervisor = supervise('kill -9 $$');
  supervisor.start();
  await until(() => states.some(({ state }) => state !== 'starting'));
  expect(states.at(-1)?.state).toBe('recovering');
  await supervisor.stop();
});

test('what a script started ends with it, even when the script itself has ended', async () => {
  const pidFile = join(folder, 'pid');
  const supervisor = supervise(
    `${probes}\nsh -c 'echo $$ > ${pidFile}; while :; do echo x; sleep 0.05; done' &\nsleep 0.3`,
  );
  supervisor.start();
  await until(() => states.some(({ state }) => state === 'streaming'));
  await new Promise((resolve) => setTimeout(resolve, 600));
  const begun = Date.now();
  await supervisor.stop();
  expect(Date.now() - begun).toBeLessThan(2500);
});

test('what was said at the start is not the reason for an end much later', async () => {
  const supervisor = supervise(
    `${probes}\necho "ERROR V4L2 'imx708': Unable to set controls: Device or resource busy" >&2
     sleep 0.2; echo x; sleep 0.2; kill -9 $$`,
  );
  supervisor.start();
  await until(() => states.some(({ state }) => state === 'recovering'));
  await supervisor.stop();
  expect(states.find(({ state }) => state === 'recovering')).toMatchObject({
    reason: 'The camera program was killed.',
  });
});
