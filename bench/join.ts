import { begin } from './latency.js';
import type { StartRelay } from './relays.js';
import type { Figures } from './scenario.js';
import { withSession } from './session.js';
import { mean, quantile } from './statistics.js';

const present = 20;
const joining = 40;
const meanGapMs = 100;

/** Viewers come at random moments: ms from the 101 to the last byte of the first picture that can be decoded. */
export function join(start: StartRelay): Promise<Figures> {
  return withSession('vc4', start, async (session) => {
    const { relay, load, report } = session;
    await begin(session, present);
    const { target } = relay;
    await load({ type: 'join', group: 'joining', target, count: joining, meanGapMs, seed: 1 });
    const { joinsMs } = await report('joining');
    return {
      joins: joinsMs.length,
      joinMeanMs: mean(joinsMs),
      joinP95Ms: quantile(joinsMs, 0.95),
      joinMaxMs: quantile(joinsMs, 1),
    };
  });
}
