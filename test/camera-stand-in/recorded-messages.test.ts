import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { normalised, recordedCases } from './support/recorded-cases.js';
import type { RecordedCase } from './support/recorded-cases.js';
import { pause, start, temporaryFolder } from './support/stand-in.js';
import type { Outcome, StandIn } from './support/stand-in.js';

/** Recorded cases that the stand-in does not imitate, and why. */
const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/verbose 2/, 'nobody runs it so: several lines per picture'],
  [/^no Pi devices.*\)$/, 'the virtual camera was found without any devices'],
  [/^vc4: bad bitrate unit/, 'a crash of the emulated encoder: the real driver takes any bit rate'],
];

/** Cases in which somebody does something to the process while it runs. */
const ACTIONS: readonly (readonly [pattern: RegExp, act: (standIn: StandIn) => Promise<void>])[] = [
  [/SIGINT at 0\.02s/, killAtOnce],
  [/reader closes stdout/, closeStdout],
  [/stops reading at 2s, SIGINT at 6s, SIGTERM/, (standIn) => stopReading(standIn, ['SIGINT', 'SIGTERM'])],
  [/stops reading at 2s, SIGINT at 6s/, (standIn) => stopReading(standIn, ['SIGINT', 'SIGKILL'])],
  [/stops reading at 2s \(pipe\), nothing else/, (standIn) => stopReading(standIn, ['SIGKILL'])],
  [/SIGUSR1 after/, (standIn) => sendInTurn(standIn, ['SIGUSR1', 'SIGTERM'])],
  [/SIGUSR2 after/, (standIn) => sendInTurn(standIn, ['SIGUSR2', 'SIGTERM'])],
  [/SIGINT after/, (standIn) => sendInTurn(standIn, ['SIGINT'])],
  [/SIGTERM after/, (standIn) => sendInTurn(standIn, ['SIGTERM'])],
  [/SIGHUP after/, (standIn) => sendInTurn(standIn, ['SIGHUP'])],
  [/SIGKILL after/, (standIn) => sendInTurn(standIn, ['SIGKILL'])],
];

function killAtOnce(standIn: StandIn): Promise<void> {
  standIn.kill('SIGINT');
  return Promise.resolve();
}

async function closeStdout(standIn: StandIn): Promise<void> {
  await standIn.streaming();
  standIn.child.stdout?.destroy();
}

async function sendInTurn(standIn: StandIn, signals: readonly NodeJS.Signals[]): Promise<void> {
  await standIn.streaming();
  for (const signal of signals) {
    await pause(200);
    standIn.kill(signal);
  }
}

async function stopReading(standIn: StandIn, signals: readonly NodeJS.Signals[]): Promise<void> {
  await standIn.streaming();
  standIn.child.stdout?.pause();
  // Long enough for the socket to fill up, whatever it holds.
  await pause(3000);
  for (const signal of signals) {
    expect(standIn.hasEnded).toBe(false);
    standIn.kill(signal);
    await pause(500);
  }
}

function isLeftOut({ title }: RecordedCase): boolean {
  return LEFT_OUT.some(([pattern]) => pattern.test(title));
}

function adapted(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    if (word === '…') {
      return join(temporaryFolder(), 'pts.txt');
    }
    const isTime = argv[index - 1] === '-t' && word !== '0';
    return isTime ? '400' : word;
  });
}

function environment({ title }: RecordedCase): Record<string, string> {
  return {
    PLATFORM: title.startsWith('pisp') ? 'pisp' : 'vc4',
    ...(title.includes('no cameras') ? { CAMERAS: '0' } : {}),
    ...(title.includes('(the second)') ? { BUSY: '1' } : {}),
    ...(title.startsWith('no Pi devices') ? { PERMISSION: '1' } : {}),
  };
}

async function play(recorded: RecordedCase): Promise<Outcome> {
  const standIn = start(adapted(recorded.argv), environment(recorded));
  const action = ACTIONS.find(([pattern]) => pattern.test(recorded.title));
  await action?.[1](standIn);
  // An undrained stdout keeps the stream open, and with it the wait for the end.
  standIn.child.stdout?.resume();
  return standIn.end();
}

/** How many run at once: they mostly wait. */
const AT_ONCE = 6;

const CASES = recordedCases().filter((recorded) => !isLeftOut(recorded));

describe('what the real program said', () => {
  const outcomes = new Map<RecordedCase, Outcome>();

  beforeAll(async () => {
    const waiting = [...CASES];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        outcomes.set(next, await play(next));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }, 120_000);

  test('every case but the ones left out on purpose is compared', () => {
    expect(CASES.length).toBeGreaterThan(60);
    for (const [pattern] of LEFT_OUT) {
      expect(recordedCases().some(({ title }) => pattern.test(title))).toBe(true);
    }
  });

  test.each(CASES.map((recorded) => [recorded.title, recorded] as const))('%s', (title, recorded) => {
    const outcome = outcomes.get(recorded);
    const { code, signal } = outcome ?? {};
    expect(signal === null ? `code ${code ?? 'none'}` : `signal ${signal ?? 'none'}`).toBe(recorded.exit);
    // How far a process gets in the first moments is up to the machine.
    if (!title.includes('before start')) {
      expect(normalised(outcome?.stderr ?? '')).toEqual(normalised(recorded.stderr));
    }
  });
});
