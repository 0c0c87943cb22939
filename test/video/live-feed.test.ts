import { describe, expect, test } from '@jest/globals';
import type { CameraState } from '../../src/shared/camera-state.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { GopCache } from '../../src/video/gop-cache.js';
import { LiveFeed, type Subscriber } from '../../src/video/live-feed.js';
import { FakeClock } from '../support/fake-clock.js';

const format = { codec: 'avc1.42c01f', width: 16, height: 16, parameterSets: Buffer.alloc(0) };

function unit(sequence: number, key: boolean, bytes = 10): AccessUnit {
  const data = Buffer.alloc(bytes);
  return {
    data,
    key,
    discontinuity: false,
    sequence,
    timestampUs: sequence,
    durationUs: 1,
    arrivedAtUs: 0,
    format,
  };
}

class Viewer implements Subscriber {
  readonly seen: number[] = [];
  readonly states: CameraState['state'][] = [];
  accessUnit(received: AccessUnit): void {
    this.seen.push(received.sequence);
  }
  state(state: CameraState): void {
    this.states.push(state.state);
  }
}

function setUp(mode: 'onDemand' | 'always' = 'onDemand'): {
  feed: LiveFeed;
  clock: FakeClock;
  calls: string[];
} {
  const clock = new FakeClock();
  const calls: string[] = [];
  const source = { start: () => calls.push('start'), stop: () => calls.push('stop') };
  return { feed: new LiveFeed({ mode, lingerMs: 30_000, source, clock }), clock, calls };
}

describe('GOP cache', () => {
  test('holds the newest IDR and what followed', () => {
    const cache = new GopCache();
    for (const [sequence, key] of [
      [0, false],
      [1, true],
      [2, false],
      [3, true],
      [4, false],
      [5, false],
    ] as const) {
      cache.push(unit(sequence, key));
    }
    expect(cache.units.map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
  });

  test.each([[{ bytes: 35, units: 100 }], [{ bytes: 1000, units: 3 }]])(
    'a GOP beyond %j is given up until the next IDR',
    (bounds) => {
      const cache = new GopCache(bounds);
      cache.push(unit(0, true));
      for (let i = 1; i < 6; i += 1) cache.push(unit(i, false));
      expect(cache.units).toEqual([]);
      cache.push(unit(6, true));
      expect(cache.units).toHaveLength(1);
    },
  );
});

describe('live feed', () => {
  test('starts with the first subscriber and stops when the last has been gone for the linger time', async () => {
    const { feed, clock, calls } = setUp();
    feed.open();
    expect(calls).toEqual([]);
    const leaveFirst = feed.subscribe(new Viewer());
    const leaveSecond = feed.subscribe(new Viewer());
    leaveFirst();
    leaveFirst();
    await clock.advance(60_000);
    expect(calls).toEqual(['start']);
    leaveSecond();
    await clock.advance(29_999);
    expect(calls).toEqual(['start']);
    await clock.advance(1);
    expect(calls).toEqual(['start', 'stop']);
  });

  test('somebody who comes while it lingers keeps it running', async () => {
    const { feed, clock, calls } = setUp();
    feed.subscribe(new Viewer())();
    await clock.advance(20_000);
    feed.subscribe(new Viewer());
    await clock.advance(60_000);
    expect(calls).toEqual(['start']);
    expect(clock.pending).toBe(0);
  });

  test('always: runs from the beginning, whoever comes and goes', async () => {
    const { feed, clock, calls } = setUp('always');
    feed.open();
    feed.subscribe(new Viewer())();
    await clock.advance(100_000);
    expect(calls).toEqual(['start']);
  });

  test('everybody gets each access unit in the same turn, from the moment of subscribing', () => {
    const { feed } = setUp();
    const [first, second] = [new Viewer(), new Viewer()];
    feed.subscribe(first);
    feed.publish(unit(0, true));
    const leave = feed.subscribe(second);
    feed.publish(unit(1, false));
    leave();
    feed.publish(unit(2, false));
    expect(first.seen).toEqual([0, 1, 2]);
    expect(second.seen).toEqual([1]);
  });

  test('the cached pictures are gone when the camera no longer streams', () => {
    const { feed } = setUp();
    const viewer = new Viewer();
    feed.subscribe(viewer);
    feed.setState({ state: 'streaming' });
    feed.publish(unit(0, true));
    expect(feed.gop).toHaveLength(1);
    feed.setState({ state: 'recovering', reason: 'x', remedy: '', retryAtUs: 0 });
    expect(feed.gop).toHaveLength(0);
    expect(viewer.states).toEqual(['streaming', 'recovering']);
  });

  test('a camera that has failed is not started over because somebody comes', () => {
    const { feed, calls } = setUp();
    feed.subscribe(new Viewer());
    feed.setState({ state: 'failed', reason: 'x', remedy: 'y' });
    feed.subscribe(new Viewer());
    expect(calls).toEqual(['start']);
  });

  test('close stops the camera once and forgets everybody', async () => {
    const { feed, clock, calls } = setUp();
    const viewer = new Viewer();
    feed.subscribe(viewer)();
    feed.close();
    feed.close();
    await clock.advance(60_000);
    expect(calls).toEqual(['start', 'stop']);
    feed.publish(unit(0, true));
    expect(viewer.seen).toEqual([]);
  });
});
