import { expect, test } from '@jest/globals';
import { CameraLog } from '../src/camera-log.js';
import type { CameraState } from '../src/shared/camera-state.js';
import { FakeClock } from './support/fake-clock.js';

function rig(): { clock: FakeClock; say: (state: CameraState) => string } {
  const clock = new FakeClock();
  const log = new CameraLog(clock);
  return {
    clock,
    say: (state) => {
      const { level, line } = log.line(state);
      return `${level}: ${line}`;
    },
  };
}

test('a line for each change of state, with the time it took', async () => {
  const { clock, say } = rig();
  expect(say({ state: 'starting' })).toBe('debug: The camera is starting.');
  await clock.advance(1300);
  expect(say({ state: 'streaming' })).toBe('info: The camera is live, 1.3 s after it was started.');
  await clock.advance(7_500_000);
  const trouble = { state: 'recovering', reason: 'It broke.', remedy: 'Mend it.' } as const;
  expect(say({ ...trouble, retryAtUs: clock.nowUs() + 500_000 })).toBe(
    'warn: It broke. It had been live for 2 h 5 min. Trying again in 0.5 s. Mend it.',
  );
  expect(say({ state: 'failed', reason: 'It is gone.', remedy: 'Get another.' })).toBe(
    'error: It is gone. Get another.',
  );
  expect(say({ state: 'stopped' })).toBe('debug: The camera is off because nobody is watching.');
});

test('a trouble without a remedy has no empty place in its line', () => {
  const { clock, say } = rig();
  expect(say({ state: 'recovering', reason: 'It broke.', remedy: '', retryAtUs: clock.nowUs() })).toBe(
    'warn: It broke. Trying again in 0.0 s.',
  );
});

test('the same trouble every minute for a day is said seven times, its end once', async () => {
  const { clock, say } = rig();
  const levels = new Map<string, number>();
  const count = (line: string): void => {
    const level = line.split(':')[0] ?? '';
    levels.set(level, (levels.get(level) ?? 0) + 1);
  };
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const reason = `Another program uses the camera: motion, process ${minute}.`;
    count(say({ state: 'recovering', reason, remedy: '', retryAtUs: clock.nowUs() + 60_000_000 }));
    await clock.advance(60_000);
    count(say({ state: 'starting' }));
  }
  expect(levels.get('warn')).toBe(8);
  expect(say({ state: 'streaming' })).toMatch(/^info/);
  expect(say({ state: 'streaming' })).toMatch(/^debug/);
});
