import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCli } from '../../src/cli/cli.js';
import { Storage } from '../../src/storage.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A storage folder of Homebridge with this configuration of the plugin. */
function storageWith(platform: object): string {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ platforms: [{ platform: 'Libcamera', ...platform }] }),
  );
  return folder;
}

test('the doctor tells what somebody who is to help must know, and no secret', async () => {
  const folder = storageWith({
    cameras: [
      { name: 'Door', program: '/no/such/program' },
      { name: 'Yard', camera: 1, width: 7 },
    ],
  });
  const token = new Storage(folder).token();
  const { code, output } = await runCli(['doctor', '-U', folder], process.env);
  expect(code).toBe(0);
  expect(output).toContain(`Node.js: ${process.version}`);
  expect(output).toContain('Access token: there');
  expect(output).toContain(
    'Camera program: The camera program "/no/such/program" does not exist or cannot be run.',
  );
  expect(output).toContain('Camera: Door: 0, 1280x720, 30/s');
  expect(output).toContain('Configuration: Camera "Yard": "width" is 7, but must be');
  expect(output).not.toContain(token);
});

test('the links are those of the configured cameras, under the ids they have', async () => {
  const folder = storageWith({ cameras: [{ name: 'Gate' }], relay: { host: '127.0.0.1', port: 8191 } });
  const storage = new Storage(folder);
  storage.rememberCameras([
    { id: 'door', name: 'Door', camera: 0 },
    { id: 'old', name: 'Old', camera: 7 },
  ]);
  const token = storage.token();
  const { code, output } = await runCli(['link', '-U', folder], process.env);
  expect({ code, output }).toEqual({ code: 0, output: `Gate: http://127.0.0.1:8191/door/?token=${token}` });
});

test.each([[[]], [['links']], [['link', '-X']], [['link', '-U']], [['doctor', '-U', 'a', 'b']]])(
  'with %j it says how it is used',
  async (words) => {
    const { code, error } = await runCli(words, process.env);
    expect(code).toBe(2);
    expect(error).toContain('Usage: homebridge-libcamera <command>');
  },
);
