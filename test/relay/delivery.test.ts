import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Delivery, type Resume, resumeBy } from '../../src/relay/delivery.js';

const ms = 1000;
const second = 1_000_000;

describe('pings', () => {
  test('one in a quarter of a second while all is well', () => {
    const delivery = new Delivery(0);
    const pinged: number[] = [];
    for (let atMs = 0; atMs < 1000; atMs += 33) {
      const wants = delivery.wantsPing(atMs * ms);
      delivery.sent(1000, wants ? atMs : undefined, atMs * ms);
      if (!wants) continue;
      pinged.push(atMs);
      delivery.acknowledged(atMs, (atMs + 5) * ms);
    }
    expect(pinged).toEqual([264, 528, 792]);
    expect(delivery.delayUs(second)).toBe(5 * ms);
  });

  test('behind every picture once an acknowledgement takes long', () => {
    const delivery = new Delivery(0);
    delivery.sent(1000, 1, 0);
    expect(delivery.wantsPing(100 * ms)).toBe(false);
    expect(delivery.wantsPing(101 * ms)).toBe(true);
    delivery.sent(1000, 2, 101 * ms);
    expect(delivery.wantsPing(102 * ms)).toBe(true);
  });

  test('after five seconds without anything sent, to notice a dead connection', () => {
    const delivery = new Delivery(0);
    expect(delivery.wantsHeartbeat(4999 * ms)).toBe(false);
    expect(delivery.wantsHeartbeat(5 * second)).toBe(true);
    delivery.sent(0, 7, 5 * second);
    expect(delivery.wantsHeartbeat(11 * second)).toBe(false);
  });
});

describe('acknowledgements', () => {
  test('one acknowledges all before it', () => {
    const delivery = new Delivery(0);
    for (const id of [1, 2, 3]) delivery.sent(1000, id, id * 10 * ms);
    delivery.acknowledged(2, 100 * ms);
    expect(delivery.isIdle).toBe(false);
    expect(delivery.waitingUs(130 * ms)).toBe(100 * ms);
    delivery.acknowledged(3, 140 * ms);
    expect(delivery.isIdle).toBe(true);
    expect(delivery.waitingUs(10 * second)).toBe(0);
  });

  test('one that answers no ping says nothing', () => {
    const delivery = new Delivery(0);
    delivery.sent(1000, 5, 0);
    for (const id of [4, 6, 2 ** 32 - 1]) delivery.acknowledged(id, ms);
    expect(delivery.isIdle).toBe(false);
    delivery.acknowledged(5, 2 * ms);
    delivery.acknowledged(5, 3 * ms);
    expect(delivery.delayUs(3 * ms)).toBe(2 * ms);
  });

  test('none for ten seconds: the viewer is gone; progress counts', () => {
    const delivery = new Delivery(0);
    for (let id = 0; id < 30; id += 1) delivery.sent(1000, id, 0);
    expect(delivery.isGone(9999 * ms)).toBe(false);
    delivery.acknowledged(3, 9999 * ms);
    expect(delivery.isGone(19_998 * ms)).toBe(false);
    expect(delivery.isGone(19_999 * ms)).toBe(true);
  });

  test('a viewer that was sent nothing is not gone', () => {
    expect(new Delivery(0).isGone(3600 * second)).toBe(false);
  });

  test('whatever comes, pings in flight are bounded', () => {
    const delivery = new Delivery(0);
    for (let id = 0; id < 100_000; id += 1) delivery.sent(1, id, id);
    delivery.acknowledged(1023, 200_000);
    expect(delivery.isIdle).toBe(true);
  });

  test('of any order and number never throw', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(20), fc.nat(100));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const delivery = new Delivery(0);
        let nowUs = 0;
        for (const [isPong, id, later] of steps) {
          nowUs += later;
          if (isPong) delivery.acknowledged(id, nowUs);
          else delivery.sent(100, id, nowUs);
          expect(delivery.delayUs(nowUs)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('the speed of the narrowest place', () => {
  test('is that of the backlog while nothing is sent', () => {
    const delivery = new Delivery(0);
    for (let id = 0; id < 11; id += 1) delivery.sent(25_000, id, 0);
    delivery.hold();
    // 2 Mbit/s.
    for (let id = 0; id < 11; id += 1) delivery.acknowledged(id, (id + 1) * 100 * ms);
    expect(delivery.rate).toBeCloseTo(250_000);
  });

  test('is not known before, nor from a single acknowledgement', () => {
    const delivery = new Delivery(0);
    delivery.sent(25_000, 1, 0);
    delivery.acknowledged(1, 100 * ms);
    expect(delivery.rate).toBeUndefined();
    delivery.sent(25_000, 2, 0);
    delivery.hold();
    delivery.acknowledged(2, 100 * ms);
    expect(delivery.rate).toBeUndefined();
  });
});

test.each<[string, Resume, 'burst' | 'key']>([
  [
    'a fast way, the next key frame far off',
    { gopBytes: 1_200_000, keyBytes: 130_000, untilKeyUs: second, rate: 50_000_000 },
    'burst',
  ],
  ['a slow way', { gopBytes: 1_200_000, keyBytes: 130_000, untilKeyUs: second, rate: 250_000 }, 'key'],
  [
    'a slow way just behind a key frame',
    { gopBytes: 150_000, keyBytes: 130_000, untilKeyUs: 1.9 * second, rate: 250_000 },
    'burst',
  ],
  [
    'a fast way, the next key frame due',
    { gopBytes: 1_200_000, keyBytes: 130_000, untilKeyUs: 0, rate: 50_000_000 },
    'key',
  ],
  [
    'an unknown way',
    { gopBytes: 1_200_000, keyBytes: 130_000, untilKeyUs: second, rate: undefined },
    'burst',
  ],
  [
    'a camera with one key frame so far',
    { gopBytes: 10, keyBytes: 1, untilKeyUs: undefined, rate: 1 },
    'burst',
  ],
  ['nothing cached', { gopBytes: 0, keyBytes: 0, untilKeyUs: second, rate: undefined }, 'key'],
])('over %s', (_what, resume, way) => {
  expect(resumeBy(resume)).toBe(way);
});
