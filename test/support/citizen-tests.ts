import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CitizenOptions, liveAsCitizen, type SeenLife, type SeenSnapshot } from './citizen.js';
import { type InstalledPlugin, installPackedPlugin } from './packed-plugin.js';

export type CitizenCase = Omit<CitizenOptions, 'plugin'> & { readonly title: string };

const lifeTimeoutMs = 120_000;

/** Declares the tests of the installed plugin, once for each case. All cases live at the same time. */
export function testCitizens(cases: readonly CitizenCase[]): void {
  let plugin: InstalledPlugin | undefined;
  const lives = new Map<string, Promise<SeenLife>>();

  beforeAll(async () => {
    plugin = await installPackedPlugin();
    for (const { title, ...options } of cases) {
      const life = liveAsCitizen({ ...options, plugin: plugin.folder });
      // Each test waits for its own.
      life.catch(() => undefined);
      lives.set(title, life);
    }
  }, 60_000);

  afterAll(async () => {
    await Promise.allSettled(lives.values());
    plugin?.remove();
  }, lifeTimeoutMs);

  describe.each(cases)('$title', ({ title }) => {
    const lived = async (): Promise<SeenLife> => {
      const life = await lives.get(title);
      if (life === undefined) throw new Error('The plugin was not installed.');
      return life;
    };

    test(
      'shows the camera, on the bridge or apart',
      async () => {
        const { first } = await lived();
        expect(first.bridged).toEqual([
          { aid: expect.any(Number), name: 'Front door', serialNumber: 'libcamera-front-door' },
        ]);
        // Homebridge marks an accessory of its own with a suffix.
        expect(first.external).toEqual([{ aid: 1, name: expect.stringMatching(/^Back yard( [0-9A-F]+)?$/) }]);
      },
      lifeTimeoutMs,
    );

    test(
      'gives a still picture that is no more than 2 s behind the stream',
      async () => {
        const { first, renamed } = await lived();
        for (const snapshot of [first.snapshots.bridged, first.snapshots.external, renamed.snapshot])
          expectFresh(snapshot);
      },
      lifeTimeoutMs,
    );

    test(
      'keeps the accessory when Homebridge restarts and the camera has another name',
      async () => {
        const { first, renamed } = await lived();
        expect(first.cachedUuids).toHaveLength(1);
        expect(renamed.cachedUuids).toEqual(first.cachedUuids);
        expect(renamed.bridged).toEqual([
          { aid: first.bridged[0]?.aid, name: 'Garage', serialNumber: 'libcamera-front-door' },
        ]);
      },
      lifeTimeoutMs,
    );

    test(
      'leaves no accessory of a camera that has left the configuration',
      async () => {
        const { removed } = await lived();
        expect(removed.bridged).toEqual([]);
        expect(removed.cachedUuids).toEqual([]);
      },
      lifeTimeoutMs,
    );

    test(
      'ends within 3 s, also while somebody watches, and leaves no process',
      async () => {
        const { first, renamed, removed } = await lived();
        for (const visit of [first, renamed, removed]) {
          expect(visit.shutdown.cameraGoneMs).toBeLessThan(3_000);
          expect(visit.shutdown.portFreeMs).toBeLessThan(3_000);
          expect(visit.shutdown.leftovers).toEqual([]);
        }
      },
      lifeTimeoutMs,
    );

    test(
      'gives no reason to complain',
      async () => {
        const { first, renamed, removed } = await lived();
        expect([first, renamed, removed].flatMap(({ complaints }) => complaints)).toEqual([]);
      },
      lifeTimeoutMs,
    );
  });
}

function expectFresh({ status, contentType, counter, ageS }: SeenSnapshot): void {
  expect({ status, contentType }).toEqual({ status: 200, contentType: 'image/jpeg' });
  expect(counter).not.toBeNull();
  expect(ageS).toBeLessThan(2);
}
