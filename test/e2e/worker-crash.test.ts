import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { nodeForHomebridge } from '../setup/node-24.js';
import { projectRoot } from '../setup/paths.js';
import { isAlive } from '../support/camera-program.js';
import { notRun } from '../support/not-run.js';
import { ProtocolViewer } from '../support/relay-viewer.js';
import { cameraPid, eventually, startStandInHomebridge } from '../support/stand-in-homebridge.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const soonMs = 15_000;
const title = 'the media worker crashes under five viewers: the log tells why, and all of them watch again';

const node = nodeForHomebridge(1);
if ('reason' in node) {
  notRun(title, node.reason);
} else {
  test(
    title,
    async () => {
      const fault = join(temporaryFolder(), 'fault');
      const standIn = await startStandInHomebridge({
        platform: 'vc4',
        cameras: { Watched: {} },
        env: {
          HOMEBRIDGE_LIBCAMERA_WORKER_FAULT: fault,
          NODE_OPTIONS: `--import=${projectRoot}/dist/test/support/worker-fault.js`,
        },
      });
      try {
        const watch = (): Promise<ProtocolViewer> => ProtocolViewer.watch(standIn.socketUrl('watched'));
        const viewers = await Promise.all(Array.from({ length: 5 }, watch));
        await Promise.all(viewers.map((viewer) => viewer.more(5, soonMs)));
        const pid = cameraPid(standIn, 'Watched');

        writeFileSync(fault, 'throw');
        await eventually('all lose their connection', soonMs, () =>
          viewers.every(({ closed }) => closed !== undefined),
        );
        const { homebridge } = standIn;
        await homebridge.waitForLog(
          /The media worker failed: a fault of the test\. Starting it again in/,
          soonMs,
        );
        await homebridge.waitForLog(
          /Watched: The media worker failed: a fault of the test\..* Trying again in/,
          soonMs,
        );
        expect(isAlive(pid)).toBe(false);

        const again: ProtocolViewer[] = [];
        const deadline = performance.now() + soonMs;
        while (again.length < 5 && performance.now() < deadline) {
          const viewer = await watch().catch(() => undefined);
          if (viewer) again.push(viewer);
          else await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(again).toHaveLength(5);
        await Promise.all(again.map((viewer) => viewer.more(5, soonMs)));
        expect(cameraPid(standIn, 'Watched')).not.toBe(pid);
      } finally {
        expect(await standIn.stop()).toEqual([]);
      }
    },
    90_000,
  );
}
