/** Cameras that fail under their viewers, and come back on the same connections. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Platform } from '../demo/environment.js';
import { PlainViewer, ProtocolViewer, type Message } from '../support/relay-viewer.js';
import { cameraPid, startStandInHomebridge, type StandInHomebridge } from '../support/stand-in-homebridge.js';
import { compareWithClip, isDiscontinuity, isKey, protocolFaults, unequalMessages } from './stream-checks.js';

/** A killed camera is back after 1 s; the silence of one is noticed after 3 s, and it takes 2 s more to end it. */
const soonMs = 15_000;
const platforms = ['vc4', 'pisp'] as const;
/** The picture with which the faults strike. */
const faultAt = 40;

const homebridges = new Map<Platform, StandInHomebridge>();

beforeAll(async () => {
  const cameras = {
    Killed: {},
    Crashing: { standIn: { CRASH_AT: String(faultAt) }, faultOnce: true },
    Silent: { standIn: { STALL_AT: String(faultAt) }, faultOnce: true },
    Appearing: { standIn: { CAMERAS: '0' }, faultOnce: true },
  };
  await Promise.all(
    platforms.map(async (platform) =>
      homebridges.set(platform, await startStandInHomebridge({ platform, cameras })),
    ),
  );
}, 60_000);

afterAll(async () => {
  const left = await Promise.all([...homebridges.values()].map((homebridge) => homebridge.stop()));
  expect(left.flat()).toEqual([]);
}, 30_000);

function running(platform: Platform): StandInHomebridge {
  const homebridge = homebridges.get(platform);
  if (!homebridge) throw new Error(`Homebridge on ${platform} did not start.`);
  return homebridge;
}

/** Five viewers of each form. */
async function tenViewers(
  homebridge: StandInHomebridge,
  id: string,
): Promise<{ speaking: ProtocolViewer[]; plain: PlainViewer[] }> {
  const five = Array.from({ length: 5 }, (_, number) => number);
  return {
    speaking: await Promise.all(five.map(() => ProtocolViewer.watch(homebridge.socketUrl(id)))),
    plain: await Promise.all(
      five.map((number) => PlainViewer.open(homebridge.socketUrl(id, number % 2 ? 'join=gop' : ''))),
    ),
  };
}

/** The pictures of the camera's second process have come. */
function hasRecovered({ pictures }: ProtocolViewer): boolean {
  return pictures.slice(0, -10).some(isDiscontinuity);
}

/**
 * Between the last picture of the old process and the first one of the new process, the viewer was told of one failure.
 *
 * @returns that message
 */
function expectOneRecovery(viewer: ProtocolViewer, platform: Platform): Message | undefined {
  expect(protocolFaults(viewer)).toEqual([]);
  const discontinuities = viewer.pictures.filter(isDiscontinuity);
  expect(discontinuities.map(isKey)).toEqual([true]);
  const [back] = discontinuities;
  if (!back) return undefined;
  expect(compareWithClip(viewer.pictures, platform)).toEqual({
    faults: [],
    restarts: [viewer.pictures.indexOf(back)],
  });
  const places = viewer.events.map((event) => ('picture' in event ? event.picture : undefined));
  const backAt = places.indexOf(back);
  const lastAt = places.findLastIndex((picture, at) => at < backAt && picture !== undefined);
  const told = viewer.events
    .slice(lastAt + 1, backAt)
    .flatMap((event) => ('message' in event && event.message.type === 'state' ? [event.message] : []));
  expect(told.map(({ state }) => state)).toEqual(['recovering', 'starting', 'streaming']);
  return told[0];
}

test.concurrent.each(platforms)(
  'on %s ten viewers see pictures again when the camera program was killed, on the same connections',
  async (platform) => {
    const homebridge = running(platform);
    const { speaking, plain } = await tenViewers(homebridge, 'killed');
    const viewers = [...speaking, ...plain];
    await Promise.all(viewers.map((viewer) => viewer.more(20, soonMs)));
    const pid = cameraPid(homebridge, 'Killed');
    const before = new Map(plain.map((viewer) => [viewer, viewer.pictures.length]));
    process.kill(pid, 'SIGKILL');
    await Promise.all([
      ...speaking.map((viewer) => viewer.until('recovery', soonMs, () => hasRecovered(viewer))),
      // More than were on their way when the camera died.
      ...plain.map((viewer) => viewer.more(30, soonMs)),
    ]);

    for (const viewer of speaking) {
      expect(expectOneRecovery(viewer, platform)).toMatchObject({
        reason: 'The camera program was killed.',
        retryAtUs: expect.any(Number),
      });
    }
    expect(unequalMessages(speaking)).toEqual([]);
    for (const viewer of plain) {
      const { faults, restarts } = compareWithClip(viewer.pictures, platform);
      expect({ faults, restarts: restarts.length }).toEqual({ faults: [], restarts: 1 });
      expect(restarts[0]).toBeGreaterThanOrEqual(before.get(viewer) ?? 0);
    }
    expect(viewers.filter((viewer) => viewer.closed !== undefined)).toEqual([]);
    expect(cameraPid(homebridge, 'Killed')).not.toBe(pid);
    await Promise.all(viewers.map((viewer) => viewer.leave()));
  },
  60_000,
);

const faults = [
  [
    'crashes',
    'Crashing',
    'The camera program crashed (SIGSEGV).',
    'If this happens again and again, update the system: sudo apt update && sudo apt full-upgrade',
  ],
  [
    'falls silent',
    'Silent',
    'The camera program stopped delivering pictures: none came for 3 s.',
    'If this happens again and again, raise "bitrate", and check the ribbon cable.',
  ],
] as const;

test.concurrent.each(platforms.flatMap((platform) => faults.map((fault) => [platform, ...fault] as const)))(
  'on %s a camera that %s comes back',
  async (platform, _, name, reason, remedy) => {
    const viewer = await ProtocolViewer.watch(running(platform).socketUrl(name.toLowerCase()));
    await viewer.until('the fault', soonMs, () => viewer.pictures.length >= faultAt);
    await viewer.state('recovering', soonMs);
    await viewer.until('recovery', soonMs, () => hasRecovered(viewer));
    expect(expectOneRecovery(viewer, platform)).toMatchObject({ reason, remedy });
    expect(viewer.pictures.findIndex(isDiscontinuity)).toBeGreaterThanOrEqual(faultAt);
    expect(viewer.closed).toBeUndefined();
    await viewer.leave();
  },
  60_000,
);

test.concurrent.each(platforms)(
  'on %s a camera that is not there is waited for, and plays once it is',
  async (platform) => {
    const viewer = await ProtocolViewer.watch(running(platform).socketUrl('appearing'));
    expect(await viewer.state('recovering', soonMs)).toEqual({
      type: 'state',
      state: 'recovering',
      reason: 'No camera was found. It said: "no cameras available".',
      remedy: 'Check the ribbon cable at both ends, with the power off.',
      retryAtUs: expect.any(Number),
    });
    expect(viewer.pictures).toEqual([]);
    await viewer.more(10, soonMs);
    expect(protocolFaults(viewer)).toEqual([]);
    expect(compareWithClip(viewer.pictures, platform)).toEqual({ faults: [], restarts: [] });
    await viewer.leave();
  },
  60_000,
);

// At the end, when cameras have been started again and again.
test('none of this makes Node.js complain in the log', () => {
  const complaints = [...homebridges.values()].flatMap(({ homebridge }) =>
    homebridge.log.filter(
      (line) => /\bWarning: (?!.*punycode)/.test(line) && !line.includes('ExperimentalWarning'),
    ),
  );
  expect(complaints).toEqual([]);
});
