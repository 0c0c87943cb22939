import { beforeEach, describe, expect, test } from '@jest/globals';
import { backoffMs } from '../../ui/live/backoff.js';
import { Connection, type Socket, type SocketEvents } from '../../ui/live/connection.js';

/** A network and a clock the test moves by hand. */
class Surroundings {
  now = 0;
  readonly sockets: { readonly events: SocketEvents; readonly sent: string[]; closed: boolean }[] = [];
  #timers: { readonly at: number; readonly task: () => void }[] = [];

  nowMs = () => this.now;
  random = () => 0;

  after = (delayMs: number, task: () => void): (() => void) => {
    const timer = { at: this.now + delayMs, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  connect = (events: SocketEvents): Socket => {
    const socket = { events, sent: [] as string[], closed: false };
    this.sockets.push(socket);
    return { send: (text) => socket.sent.push(text), close: () => (socket.closed = true) };
  };

  get newest() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('Nobody has connected.');
    return socket;
  }

  /** Time passes; what falls due happens in order. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.now = due.at;
      due.task();
    }
    this.now = end;
  }
}

let around: Surroundings;
let connection: Connection;
let heard: string[];
let expecting: boolean;

beforeEach(() => {
  around = new Surroundings();
  heard = [];
  expecting = true;
  connection = new Connection(around, {
    opened: () => heard.push('opened'),
    text: (message) => heard.push(message),
    binary: (message) => heard.push(`${message.byteLength} bytes`),
    refused: () => heard.push('refused'),
    expectsMessages: () => expecting,
  });
});

test.each([
  [0, 0, 500],
  [1, 0, 1000],
  [2, 0, 2000],
  [3, 0, 4000],
  [4, 0, 8000],
  [5, 0, 8000],
  [2000, 0, 8000],
  [0, 0.999, 375],
  [9, 0.999, 6002],
])('attempt %i with chance %d waits %d ms', (attempt, random, ms) => {
  expect(Math.round(backoffMs(attempt, random))).toBe(ms);
});

describe('the connection', () => {
  test('hands on what it hears, and sends', () => {
    connection.wake();
    expect(connection.link).toEqual({ is: 'connecting', again: false });
    connection.send('too early');
    around.newest.events.opened();
    expect(connection.link).toEqual({ is: 'open' });
    connection.send('start');
    around.newest.events.text('hello');
    around.newest.events.binary(new ArrayBuffer(3));
    expect(heard).toEqual(['opened', 'hello', '3 bytes']);
    expect(around.newest.sent).toEqual(['start']);
  });

  test('comes back ever more slowly while it is refused', () => {
    connection.wake();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      around.newest.events.closed();
      const { link } = connection;
      if (link.is !== 'waiting') throw new Error(link.is);
      expect(link.again).toBe(false);
      waits.push(link.retryAtMs - around.now);
      around.pass(waits.at(-1) ?? 0);
      expect(around.sockets).toHaveLength(attempt + 2);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
    expect(heard).toEqual(Array(6).fill('refused'));
  });

  test('begins its back-off anew after a connection that lasted, not after one that did not', () => {
    connection.wake();
    const waits = [4000, 4000, 6000, 1000].map((lastedMs) => {
      expecting = false;
      around.newest.events.opened();
      around.pass(lastedMs);
      around.newest.events.closed();
      const { link } = connection;
      const waitMs = link.is === 'waiting' ? link.retryAtMs - around.now : NaN;
      around.pass(waitMs);
      return waitMs;
    });
    expect(waits).toEqual([500, 1000, 500, 1000]);
    expect(connection.link).toEqual({ is: 'connecting', again: true });
  });

  test('gives up an attempt that hangs', () => {
    connection.wake();
    around.pass(5000);
    expect(around.newest.closed).toBe(true);
    expect(connection.link.is).toBe('waiting');
  });

  test('takes silence for loss when pictures are due', () => {
    connection.wake();
    around.newest.events.opened();
    around.pass(2000);
    around.newest.events.text('state');
    around.pass(2900);
    expect(connection.link.is).toBe('open');
    around.pass(100);
    expect(connection.link.is).toBe('waiting');
    expect(around.sockets[0]?.closed).toBe(true);
  });

  test('bears silence when nothing is due, and grants the full time afterwards', () => {
    expecting = false;
    connection.wake();
    around.newest.events.opened();
    around.pass(60_000);
    expecting = true;
    around.pass(2500);
    expect(connection.link.is).toBe('open');
    around.pass(900);
    expect(connection.link.is).toBe('waiting');
  });

  test('does not wait when it is woken', () => {
    connection.wake();
    around.newest.events.closed();
    around.pass(500);
    around.newest.events.closed();
    connection.wake();
    expect(connection.link.is).toBe('connecting');
    expect(around.sockets).toHaveLength(3);
    connection.wake();
    expect(around.sockets).toHaveLength(3);
    around.newest.events.closed();
    expect(connection.link).toMatchObject({ retryAtMs: around.now + 500 });
  });

  test('sleeps until it is woken', () => {
    connection.wake();
    around.newest.events.opened();
    connection.sleep();
    expect(around.newest.closed).toBe(true);
    around.pass(60_000);
    expect(connection.link.is).toBe('asleep');
    expect(around.sockets).toHaveLength(1);
    connection.wake();
    expect(connection.link).toEqual({ is: 'connecting', again: true });
  });

  test('is renewed at once the first time, and backs off when that happens again', () => {
    expecting = false;
    connection.wake();
    around.newest.events.opened();
    around.pass(6000);
    connection.renew();
    expect(connection.link.is).toBe('connecting');
    around.newest.events.opened();
    around.pass(100);
    connection.renew();
    expect(connection.link).toMatchObject({ is: 'waiting', retryAtMs: around.now + 500 });
    connection.renew();
    around.pass(500);
    expect(around.sockets).toHaveLength(3);
  });

  test('ignores what a socket says after it was let go', () => {
    connection.wake();
    around.newest.events.opened();
    const { events } = around.newest;
    connection.sleep();
    events.text('late');
    events.binary(new ArrayBuffer(1));
    events.closed();
    events.opened();
    expect(heard).toEqual(['opened']);
    expect(connection.link.is).toBe('asleep');
  });
});
