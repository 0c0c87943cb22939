import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { ProcessSlots } from '../../src/media/process-slots.js';
import { isAlive } from '../support/camera-program.js';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function sleeper(): { child: ChildProcess; pid: number } {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error('sleep could not be started.');
  return { child, pid: child.pid };
}

test('ends every process that was added, and none that was not or is forgotten', async () => {
  const slots = new ProcessSlots();
  const [one, two, forgotten, stranger] = [sleeper(), sleeper(), sleeper(), sleeper()];
  slots.add(one.pid);
  slots.add(two.pid);
  const forget = slots.add(forgotten.pid);
  forget();
  forget();
  expect(slots.anyAlive).toBe(true);
  const gone = [once(one.child, 'exit'), once(two.child, 'exit')];
  slots.killAll();
  await Promise.all(gone);
  expect(one.child.signalCode).toBe('SIGKILL');
  expect(slots.anyAlive).toBe(false);
  expect([forgotten, stranger].map(({ pid }) => isAlive(pid))).toEqual([true, true]);
});

test('another thread sees them through the memory', async () => {
  const here = new ProcessSlots();
  const there = new ProcessSlots(here.memory);
  const { child, pid } = sleeper();
  here.add(pid);
  expect(there.anyAlive).toBe(true);
  const gone = once(child, 'exit');
  there.killAll();
  await gone;
  expect(here.anyAlive).toBe(false);
});

test('does not touch a process that got the id of one that ended: its start time differs', () => {
  const slots = new ProcessSlots();
  const { pid } = sleeper();
  slots.add(pid);
  const numbers = new BigInt64Array(slots.memory);
  const at = numbers.indexOf(BigInt(pid)) + 1;
  numbers[at] = (numbers[at] ?? 0n) - 1n;
  expect(slots.anyAlive).toBe(false);
  slots.killAll();
  expect(isAlive(pid)).toBe(true);
});

test('forgetting late does not forget who has the slot by then', () => {
  const slots = new ProcessSlots();
  const [one, two] = [sleeper(), sleeper()];
  const forgetOne = slots.add(one.pid);
  forgetOne();
  slots.add(two.pid);
  forgetOne();
  expect(slots.anyAlive).toBe(true);
});

test('a process that has ended already is none', () => {
  const slots = new ProcessSlots();
  // Larger than any process id.
  slots.add(2 ** 30)();
  expect(slots.anyAlive).toBe(false);
  slots.killAll();
});

test('more processes than slots are no error', () => {
  const slots = new ProcessSlots(new SharedArrayBuffer(16));
  const [one, two] = [sleeper(), sleeper()];
  slots.add(one.pid);
  slots.add(two.pid)();
  expect(slots.anyAlive).toBe(true);
  slots.clear();
  expect(slots.anyAlive).toBe(false);
});
