import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { isAlive, waitFor } from './support/processes.js';
import { pause, PROGRAM, StandIn, temporaryFolder } from './support/stand-in.js';

const WRAPPER = join(PROGRAM, '..', 'unkillable');
const STREAM = ['-n', '-t', '0', '--width', '1280', '--height', '720', '--inline', '--flush', '-o', '-'];

const escaped = new Set<number>();

/** Starts the wrapper at the head of a process group of its own, as a supervisor does. */
function startWrapper(argv: readonly string[], env: Readonly<Record<string, string>>): StandIn {
  const variables = Object.entries(env).map(([name, text]) => [`CAMERA_STAND_IN_${name}`, text] as const);
  const full = {
    ...process.env,
    CAMERA_STAND_IN_NODE: process.execPath,
    HOMEBRIDGE_LIBCAMERA_CHILD: 'test',
    ...Object.fromEntries(variables),
  };
  const child = spawn(WRAPPER, argv, { env: full, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  return new StandIn(child);
}

/** The process id in a file, once it is there as a whole. */
async function readPid(file: string): Promise<number> {
  await waitFor(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  const pid = Number(readFileSync(file, 'utf8'));
  escaped.add(pid);
  return pid;
}

function killGroup(wrapper: StandIn, signal: NodeJS.Signals): void {
  process.kill(-(wrapper.child.pid ?? 0), signal);
}

afterAll(() => {
  for (const pid of [...escaped].filter(isAlive)) {
    process.kill(pid, 'SIGKILL');
  }
});

describe('the stand-in that cannot be killed', () => {
  test.concurrent.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'streams on when its group gets %s, until nobody reads',
    async (signal) => {
      const file = join(temporaryFolder(), 'pid');
      const wrapper = startWrapper(STREAM, { PID_FILE: file });
      await wrapper.streaming();
      const pid = await readPid(file);
      expect(pid).not.toBe(wrapper.child.pid);
      killGroup(wrapper, signal);
      await waitFor(() => wrapper.hasEnded);
      expect(wrapper.child.signalCode).toBe(signal);
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('HOMEBRIDGE_LIBCAMERA_CHILD');
      await wrapper.streaming(wrapper.stdout.length + 100_000);
      wrapper.child.stdout?.destroy();
      await waitFor(() => !isAlive(pid));
    },
  );

  test.concurrent('may be silent as well, once', async () => {
    const file = join(temporaryFolder(), 'pid');
    const once = { STALL_AT: '3', PID_FILE: file, FAULT_ONCE: join(temporaryFolder(), 'once') };
    const wrapper = startWrapper(STREAM, once);
    await wrapper.streaming();
    const pid = await readPid(file);
    killGroup(wrapper, 'SIGKILL');
    await waitFor(() => wrapper.hasEnded);
    await pause(1000);
    const { length } = wrapper.stdout;
    await pause(500);
    expect(wrapper.stdout).toHaveLength(length);
    expect(isAlive(pid)).toBe(true);
    const healthy = startWrapper(STREAM, once);
    await healthy.streaming(100_000);
    killGroup(healthy, 'SIGINT');
    expect((await healthy.end()).code).toBe(0);
  });

  test.concurrent.each(['--version', '--help', '--list-cameras'])('answers %s as ever', async (word) => {
    const file = join(temporaryFolder(), 'pid');
    const { code, stdout } = await startWrapper([word], { PID_FILE: file }).end();
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(100);
    expect(existsSync(file)).toBe(false);
  });
});
