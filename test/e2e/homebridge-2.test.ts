import { expect, test } from '@jest/globals';
import { nodeForHomebridge } from '../setup/node-24.js';
import { notRun } from '../support/not-run.js';
import { PlainViewer, ProtocolViewer } from '../support/relay-viewer.js';
import { cameraPid, startStandInHomebridge } from '../support/stand-in-homebridge.js';
import { compareWithClip, protocolFaults } from './stream-checks.js';

const title = 'Homebridge 2 plays a camera, survives its end, and leaves nothing behind';
const soonMs = 15_000;

async function play(): Promise<void> {
  const standIn = await startStandInHomebridge({
    version: 2,
    platform: 'pisp',
    cameras: { 'Front door': {} },
  });
  let watching: ProtocolViewer;
  try {
    expect((await fetch(`${standIn.origin}/`)).status).toBe(401);
    const viewer = (watching = await ProtocolViewer.watch(standIn.socketUrl('front-door')));
    const plain = await PlainViewer.open(standIn.socketUrl('front-door'));
    await Promise.all([viewer.more(20, soonMs), plain.more(20, soonMs)]);
    expect(compareWithClip(plain.pictures, 'pisp')).toEqual({ faults: [], restarts: [] });
    const pid = cameraPid(standIn, 'Front door');
    process.kill(pid, 'SIGKILL');
    await viewer.state('recovering', soonMs);
    await viewer.more(20, soonMs);
    expect(cameraPid(standIn, 'Front door')).not.toBe(pid);
    expect(protocolFaults(viewer)).toEqual([]);
  } finally {
    expect(await standIn.stop()).toEqual([]);
  }
  expect(watching.closed?.code).toBe(1001);
}

const found = nodeForHomebridge(2);
if ('reason' in found) notRun(title, found.reason);
else test(title, play, 60_000);
