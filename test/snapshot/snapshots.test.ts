import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { LiveFeed } from '../../src/video/live-feed.js';
import { EncoderError } from '../../src/snapshot/jpeg-encoder.js';
import { placeholder } from '../../src/snapshot/placeholders.js';
import { type Snapshot, Snapshots } from '../../src/snapshot/snapshots.js';
import { FakeClock, settled } from '../support/fake-clock.js';

const format = { codec: 'avc1.42c01f', width: 16, height: 16, parameterSets: Buffer.alloc(0) };

let clock: FakeClock;
let feed: LiveFeed;
let snapshots: Snapshots;
let starts: number;
let encoded: string[];
let said: string[];
let encode: (keyFrame: Buffer) => Promise<Buffer>;
let sequence: number;

// Read from the disk once, which the clock of these tests knows nothing of.
beforeAll(() => Promise.all([placeholder('unavailable'), placeholder('no-ffmpeg')]));

beforeEach(() => {
  clock = new FakeClock();
  starts = 0;
  sequence = 0;
  encoded = [];
  said = [];
  encode = (keyFrame) => {
    encoded.push(keyFrame.toString());
    return Promise.resolve(Buffer.from(`jpeg of ${keyFrame.toString()}`));
  };
  feed = new LiveFeed({
    mode: 'onDemand',
    lingerMs: 30_000,
    clock,
    source: { start: () => (starts += 1), stop: () => feed.setState({ state: 'stopped' }) },
  });
  snapshots = new Snapshots({
    feed,
    clock,
    log: (_, message) => said.push(message),
    intervalMs: 60_000,
    encode: (keyFrame) => encode(keyFrame),
  });
});

function picture(): void {
  const unit: AccessUnit = {
    data: Buffer.from(`picture ${sequence}`),
    key: true,
    discontinuity: false,
    sequence,
    timestampUs: clock.nowUs(),
    durationUs: 1,
    arrivedAtUs: clock.nowUs(),
    format,
  };
  sequence += 1;
  feed.setState({ state: 'streaming' });
  feed.publish(unit);
}

/** What a request is answered with, once time has moved on. */
async function taken(ms = 0): Promise<string> {
  let answer: Snapshot | undefined;
  void snapshots.take().then((snapshot) => (answer = snapshot));
  await clock.advance(ms);
  if (!answer) return 'waiting';
  return answer.shows === 'picture' ? answer.jpeg.toString() : answer.shows;
}

const recovering = { state: 'recovering', reason: 'x', remedy: '', retryAtUs: 0 } as const;

describe('while somebody watches', () => {
  beforeEach(() => {
    feed.subscribe({ accessUnit: () => undefined, state: () => undefined });
  });

  test('the newest key frame is shown at once, and kept for ten seconds', async () => {
    picture();
    expect(await taken()).toBe('jpeg of picture 0');
    picture();
    await clock.advance(9000);
    expect(await taken()).toBe('jpeg of picture 0');
    await clock.advance(2000);
    picture();
    expect(await taken()).toBe('jpeg of picture 0');
    expect(await taken()).toBe('jpeg of picture 2');
    expect(encoded).toHaveLength(2);
  });

  test('four at once cost one encoding', async () => {
    picture();
    const answers = await Promise.all([taken(), taken(), taken(), taken()]);
    expect(new Set(answers)).toEqual(new Set(['jpeg of picture 0']));
    expect(encoded).toHaveLength(1);
  });

  test('after trouble nothing older than ten seconds is shown', async () => {
    picture();
    await taken();
    feed.setState(recovering);
    await clock.advance(9000);
    expect(await taken()).toBe('jpeg of picture 0');
    await clock.advance(2000);
    feed.setState({ state: 'starting' });
    expect(await taken(4899)).toBe('waiting');
    expect(await taken(4901)).toBe('unavailable');
    picture();
    await settled();
    expect(await taken()).toBe('jpeg of picture 1');
  });

  test('a failed camera is said at once', async () => {
    picture();
    await taken();
    feed.setState({ state: 'failed', reason: 'x', remedy: 'y' });
    await clock.advance(11_000);
    expect(await taken()).toBe('unavailable');
  });

  test('a picture that comes within 4.9 s is waited for', async () => {
    const answer = snapshots.take();
    await clock.advance(4000);
    picture();
    expect((await answer).jpeg.toString()).toBe('jpeg of picture 0');
  });

  test('without ffmpeg that is what the picture says, and the log once', async () => {
    encode = () => Promise.reject(new EncoderError('missing', 'Install it.'));
    picture();
    expect(await taken()).toBe('no-ffmpeg');
    expect(await taken()).toBe('no-ffmpeg');
    expect(said).toEqual(['Install it.']);
  });

  test('an encoder that hangs is not waited for longer than 4.9 s, and not started twice', async () => {
    let calls = 0;
    encode = () => {
      calls += 1;
      return new Promise(() => undefined);
    };
    picture();
    expect(await taken(4901)).toBe('unavailable');
    expect(await taken(4901)).toBe('unavailable');
    expect(calls).toBe(1);
  });

  test('an encoder that fails is tried again by the next request', async () => {
    encode = () => Promise.reject(new Error('broken'));
    picture();
    expect(await taken()).toBe('unavailable');
    encode = (keyFrame) => Promise.resolve(keyFrame);
    expect(await taken()).toBe('picture 0');
  });
});

describe('while nobody watches', () => {
  test('the camera is started for a picture and stopped when it has come, without lingering', async () => {
    const answer = snapshots.take();
    await settled();
    expect(feed.isRunning).toBe(true);
    picture();
    await answer;
    await clock.advance(1);
    expect(feed.isRunning).toBe(false);
    expect(starts).toBe(1);
  });

  test('who asks while the picture is being encoded waits for it, though the camera is off again', async () => {
    let finish: (jpeg: Buffer) => void = () => undefined;
    encode = () => new Promise((resolve) => (finish = resolve));
    const first = snapshots.take();
    await settled();
    picture();
    await clock.advance(1);
    expect(feed.isRunning).toBe(false);
    const second = snapshots.take();
    await settled();
    finish(Buffer.from('jpeg'));
    expect((await first).shows).toBe('picture');
    expect((await second).shows).toBe('picture');
    expect(starts).toBe(1);
  });

  test("a viewer's linger time is not cut short", async () => {
    const leave = feed.subscribe({ accessUnit: () => undefined, state: () => undefined });
    picture();
    leave();
    await clock.advance(11_000);
    await taken();
    expect(feed.isRunning).toBe(true);
    await clock.advance(19_000);
    expect(feed.isRunning).toBe(false);
  });

  test('ten minutes of polling every ten seconds start it ten times, and there is always a picture', async () => {
    for (let second = 0; second < 600; second += 10) {
      const answer = snapshots.take();
      await settled();
      if (feed.isRunning) picture();
      expect((await answer).shows).toBe('picture');
      await clock.advance(10_000);
    }
    expect(starts).toBeLessThanOrEqual(10);
    expect(starts).toBeGreaterThan(1);
  });

  test('a camera that gives nothing is not started at every request', async () => {
    for (let second = 0; second < 600; second += 10) {
      const answer = snapshots.take();
      await settled();
      if (feed.isRunning) feed.setState(recovering);
      await clock.advance(10_000);
      expect((await answer).shows).toBe('unavailable');
    }
    expect(starts).toBeLessThanOrEqual(10);
  });

  test('a failed camera is tried again once per interval: whoever corrected it has only the Home app', async () => {
    for (let second = 0; second < 130; second += 10) {
      const answer = snapshots.take();
      await settled();
      if (feed.isRunning) feed.setState({ state: 'failed', reason: 'x', remedy: 'y' });
      expect((await answer).shows).toBe('unavailable');
      await clock.advance(10_000);
    }
    expect(starts).toBe(3);
    await taken(50_000);
    void snapshots.take();
    await settled();
    picture();
    await settled();
    expect(await taken()).toMatch(/^jpeg/);
  });

  test('a dead camera does not become well by resting', async () => {
    const answer = snapshots.take();
    await settled();
    picture();
    await answer;
    await clock.advance(61_000);
    expect(await taken()).toBe('jpeg of picture 0');
    feed.setState(recovering);
    await clock.advance(25_000);
    expect(feed.isRunning).toBe(false);
    expect(await taken()).toBe('unavailable');
  });

  test('close waits for no picture any more', async () => {
    const answer = snapshots.take();
    await settled();
    snapshots.close();
    snapshots.close();
    expect((await answer).shows).toBe('unavailable');
    await clock.advance(1);
    expect(feed.isRunning).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
