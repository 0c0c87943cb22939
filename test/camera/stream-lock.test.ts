import { expect, test } from '@jest/globals';
import { StreamLock } from '../../src/camera/stream-lock.js';
import { settled } from '../support/fake-clock.js';

test('several stream, and nothing lists meanwhile', async () => {
  const lock = new StreamLock();
  const [first, second] = await Promise.all([lock.stream(), lock.stream()]);
  expect(lock.tryList()).toBeUndefined();
  first();
  first();
  expect(lock.tryList()).toBeUndefined();
  second();
  expect(lock.tryList()).toBeDefined();
});

test('a stream waits for the listing, and one lists at a time', async () => {
  const lock = new StreamLock();
  const release = lock.tryList();
  expect(lock.tryList()).toBeUndefined();
  let streams = false;
  void lock.stream().then(() => (streams = true));
  await settled();
  expect(streams).toBe(false);
  release?.();
  await settled();
  expect(streams).toBe(true);
  expect(lock.tryList()).toBeUndefined();
});
