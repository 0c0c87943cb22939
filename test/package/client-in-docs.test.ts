import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';
import { openRelay, token } from '../support/a-relay.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { publishPictures } from '../support/synthetic-feed.js';

const bytes = 20_000;
const keyBytes = 100_000;

test('the client in docs/protocol.md has 30 lines, and writes what it receives', async () => {
  const page = readFileSync(join(projectRoot, 'docs/protocol.md'), 'utf8');
  const code = /## A client in 30 lines\n\n```js\n(.*?)```/s.exec(page)?.[1] ?? '';
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.length).toBeLessThanOrEqual(30);

  const { relay, port, feed } = await openRelay();
  const stop = publishPictures(feed, { bytes, keyBytes });
  // Beside node_modules, where "ws" is found.
  const folder = temporaryFolder();
  const program = join(projectRoot, 'dist', 'client-in-docs.mjs');
  writeFileSync(program, code);
  const file = join(folder, 'picture.h264');
  const url = `ws://127.0.0.1:${port}/x/live?token=${token}`;
  const child = spawn(process.execPath, [program, url, file, '30'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [said, states] = await Promise.all([text(child.stdout), text(child.stderr)]);
  stop();
  await relay.close();
  expect(said).toBe(`30 pictures in ${file}\n`);
  expect(states).toMatch(/^streaming/m);
  expect(readFileSync(file).length % 10_000).toBe(0);
  expect(readFileSync(file).length).toBeGreaterThanOrEqual(keyBytes + 29 * bytes);
});
