import { expect, test } from '@jest/globals';
import { cpuSeconds, openFiles, residentKiB } from '../../bench/proc.js';

test('what the kernel says of a process agrees with what Node.js says', () => {
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuSeconds(process.pid) - (user + system) / 1e6)).toBeLessThan(0.2);
  expect(residentKiB(process.pid) / (process.memoryUsage.rss() / 1024)).toBeCloseTo(1, 1);
  expect(openFiles(process.pid)).toBeGreaterThan(2);
});
