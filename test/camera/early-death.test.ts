import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';
import { notRun } from '../support/not-run.js';
import { killMarked, markerVariable, waitForNoProcess } from '../support/processes.js';

/** Each takes 100 ms; without care nearly all of the camera processes survive. */
const attempts = 5;
const limitMs = 2000;

const title = 'a camera process does not survive whoever started it a moment before he was killed';
if (!['/usr/bin/setpriv', '/bin/setpriv'].some((path) => existsSync(path))) {
  notRun(title, 'setpriv (util-linux) is not installed.');
} else {
  test(title, async () => {
    const marker = randomUUID();
    const program = join(projectRoot, 'dist/test/support/spawn-and-die.js');
    try {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const env = { ...process.env, [markerVariable]: marker };
        const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit'], env });
        expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      }
      expect(await waitForNoProcess(marker, limitMs)).toEqual([]);
    } finally {
      await killMarked(marker, limitMs);
    }
  });
}
