import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { randomPin } from '../support/homebridge.js';
import { killMarked, markerVariable, processesWithMarker, waitForNoProcess } from '../support/processes.js';

test('finds marked processes whose parent is gone, by either of two marks, and ends them', async () => {
  const outer = randomUUID();
  const inner = randomUUID();
  const shell = spawn('sh', ['-c', 'sleep 60 >/dev/null & echo $!'], {
    env: { ...process.env, [markerVariable]: `${outer},${inner}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [printed] = await Promise.all([text(shell.stdout), once(shell, 'exit')]);
    const found = processesWithMarker(inner).map((process) => process.pid);
    expect(found).toEqual([Number(printed)]);
    expect(processesWithMarker(outer).map((process) => process.pid)).toEqual(found);
    expect(await waitForNoProcess(outer, 50)).toHaveLength(1);
  } finally {
    await killMarked(outer, 5_000);
  }
  expect(await waitForNoProcess(outer, 5_000)).toEqual([]);
});

test('a setup code is never one that HAP forbids', () => {
  const digits = Array.from('11111111123456788765432103145154', Number);
  expect(randomPin(() => digits.shift() ?? 0)).toBe('031-45-154');
});
