import type { RelaySettings } from '../../src/config/settings.js';
import { Relay } from '../../src/relay/relay.js';
import { noTotals } from '../../src/relay/totals.js';
import { systemClock } from '../../src/shared/clock.js';
import type { RelayState } from '../../src/shared/relay-state.js';
import { LiveFeed } from '../../src/video/live-feed.js';

export const token = 'a1'.repeat(32);

/** A relay on a free port of this machine with one camera, `x`, that never delivers a picture. */
export async function openRelay(
  settings: Partial<RelaySettings> = {},
): Promise<{ relay: Relay; port: number; feed: LiveFeed; states: RelayState[] }> {
  const source = { start: (): void => undefined, stop: (): void => undefined };
  const feed = new LiveFeed({ mode: 'onDemand', lingerMs: 0, source, clock: systemClock });
  const states: RelayState[] = [];
  let listening: (port: number) => void;
  const port = new Promise<number>((resolve) => (listening = resolve));
  const relay = new Relay({
    settings: {
      enabled: true,
      host: '127.0.0.1',
      port: 0,
      access: 'token',
      maxDelay: 0.5,
      basePath: '',
      ...settings,
    },
    token,
    cameras: [
      {
        id: 'x',
        name: 'X',
        feed,
        totals: noTotals(),
        counters: () => ({ starts: 1, failures: 0, frameEnd: 'pts', pictures: 0, losses: 0 }),
        snapshot: () => Promise.resolve({ jpeg: Buffer.from('a jpeg'), shows: 'picture' }),
      },
    ],
    clock: systemClock,
    log: () => undefined,
    onState: (state) => {
      states.push(state);
      if (state.state === 'listening') listening(state.port);
    },
  });
  relay.open();
  return { relay, port: await port, feed, states };
}
