import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folders: { folder: string; beforeRemoval: () => void }[] = [];

/**
 * A folder that is gone after the tests of the file.
 *
 * @param beforeRemoval called first: what still uses the folder must end
 */
export function temporaryFolder(beforeRemoval: () => void = () => undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'homebridge-libcamera-test-'));
  folders.push({ folder, beforeRemoval });
  return folder;
}

afterAll(() => {
  for (const { folder, beforeRemoval } of folders) {
    beforeRemoval();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
