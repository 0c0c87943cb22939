import { systemClock } from '../src/shared/clock.js';
import type { Arrival } from './load/messages.js';
import { begin, delayFigures, delays, requireSource, steadyWindow } from './latency.js';
import type { StartRelay } from './relays.js';
import type { Figures } from './scenario.js';
import { withSession } from './session.js';
import type { BenchCamera } from './stand-in.js';
import { median, quantile } from './statistics.js';

const others = 5;
const bitsPerSecond = 2_000_000;
const withoutMs = 7000;
const slowMs = 25_000;
const lastMs = 5000;
/** A picture that is no older shows what is going on. */
const liveMs = 500;
const stallSeconds = 16;
const afterStallMs = 4000;

/** One viewer reads too slowly among others: how far is it behind, and do the others notice? */
export function slow(start: StartRelay): Promise<Figures> {
  return withSession('vc4', start, async (session) => {
    const { camera, relay, load, report } = session;
    await load({ type: 'watch', group: 'slow', target: relay.target, count: 1 });
    await begin(session, others);
    const without = await steadyWindow(withoutMs);
    await load({ type: 'throttle', group: 'slow', bitsPerSecond });
    const during = await steadyWindow(slowMs);
    const seen = await report('slow');
    const normal = await report('viewers');
    requireSource(normal);
    const behind = ages(camera, seen.arrivals, during.toUs - lastMs * 1000, during.toUs);
    return {
      delayMedianMs: median(behind),
      delayP95Ms: quantile(behind, 0.95),
      pictures: behind.length,
      othersWithoutMs: delayFigures(delays(session, normal, without, others)).lastMedianMs ?? Number.NaN,
      othersDuringMs: delayFigures(delays(session, normal, during, others)).lastMedianMs ?? Number.NaN,
      ended: seen.ended,
    };
  });
}

/** One viewer stops reading for a while: how soon does it see live pictures again? */
export function stalled(start: StartRelay): Promise<Figures> {
  return withSession('vc4', start, async (session) => {
    const { camera, relay, load, report } = session;
    await load({ type: 'watch', group: 'stalled', target: relay.target, count: 1 });
    await begin(session, others);
    await load({ type: 'stall', group: 'stalled', seconds: stallSeconds });
    const resumedUs = systemClock.nowUs();
    const { toUs } = await steadyWindow(afterStallMs);
    const { arrivals, ended } = await report('stalled');
    const after = arrivals.filter(({ arrivedUs }) => arrivedUs >= resumedUs && arrivedUs < toUs);
    const live = after.find((arrival) => age(camera.writtenUs(), arrival) <= liveMs);
    return {
      liveAfterMs: ((live?.arrivedUs ?? Number.POSITIVE_INFINITY) - resumedUs) / 1000,
      stalePictures: live ? after.indexOf(live) : after.length,
      ended,
    };
  });
}

/** Ages of the pictures that arrived in a stretch of time, in ms. */
function ages(camera: BenchCamera, arrivals: readonly Arrival[], fromUs: number, toUs: number): number[] {
  const written = camera.writtenUs();
  return arrivals
    .filter(({ arrivedUs }) => arrivedUs >= fromUs && arrivedUs < toUs)
    .map((arrival) => age(written, arrival));
}

/** By the time in the header, or, without one, by when the camera wrote it. */
function age(written: ReadonlyMap<number, number>, { picture, arrivedUs, timestampUs }: Arrival): number {
  return (arrivedUs - (timestampUs ?? written.get(picture) ?? 0)) / 1000;
}
