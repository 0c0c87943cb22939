import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../src/shared/clock.js';
import type { GroupReport } from './load/messages.js';
import { cpuSeconds, residentKiB } from './proc.js';
import type { StartRelay } from './relays.js';
import type { Figures } from './scenario.js';
import { type Session, withSession } from './session.js';
import type { Platform } from './stand-in.js';
import { source } from './source.js';
import { median, quantile } from './statistics.js';

/** At the beginning nothing counts: code is not compiled yet. */
const warmUpMs = 1500;
const windowMs = 4000;
/** Pictures of the window may still be on their way. */
const drainMs = 400;

/** A stretch of time, in µs on the monotonic clock. */
interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Delay, loss, CPU and memory of a relay with some viewers. */
export function latency(platform: Platform, start: StartRelay, viewers: number): Promise<Figures> {
  return withSession(platform, start, async (session) => {
    await begin(session, viewers);
    const { pid } = session.relay;
    const cpuBefore = cpuSeconds(pid);
    const window = await steadyWindow(windowMs);
    const cpu = cpuSeconds(pid) - cpuBefore;
    const rssKiB = residentKiB(pid);
    const report = await session.report('viewers');
    requireSource(report);
    const { lost, duplicate, corrupt, undecodable } = report.integrity;
    return {
      ...delayFigures(delays(session, report, window, viewers)),
      lost: lost + report.ended,
      broken: duplicate + corrupt + undecodable,
      cpuPerViewerMinute: (cpu / viewers) * (60_000 / windowMs),
      rssKiB,
    };
  });
}

/** Opens the group `viewers`, starts the camera and waits until everything has settled. */
export async function begin({ camera, relay, load }: Session, viewers: number): Promise<void> {
  await load({ type: 'watch', group: 'viewers', target: relay.target, count: viewers });
  await relay.startCamera();
  await camera.streams();
  await pause(warmUpMs);
}

export async function steadyWindow(ms: number): Promise<Window> {
  const fromUs = systemClock.nowUs();
  await pause(ms);
  const toUs = systemClock.nowUs();
  await pause(drainMs);
  return { fromUs, toUs };
}

export interface Delays {
  /** ms of each picture at the last of the viewers; infinite when one did not get it. */
  readonly last: readonly number[];
  /** ms of each picture at the median viewer. */
  readonly middle: readonly number[];
}

/** From the last byte out of the camera program to the last byte at the viewers, of the pictures of a window. */
export function delays(
  { camera }: Pick<Session, 'camera'>,
  report: GroupReport,
  { fromUs, toUs }: Window,
  viewers: number,
): Delays {
  const seen = new Map(report.pictures.map((picture) => [picture.picture, picture]));
  const written = [...camera.writtenUs()].filter(([, us]) => us >= fromUs && us < toUs);
  return {
    last: written.map(([picture, us]) => {
      const arrival = seen.get(picture);
      return arrival?.viewers === viewers ? (arrival.lastUs - us) / 1000 : Number.POSITIVE_INFINITY;
    }),
    middle: written.map(([picture, us]) => {
      return ((seen.get(picture)?.medianUs ?? Number.POSITIVE_INFINITY) - us) / 1000;
    }),
  };
}

export function delayFigures({ last, middle }: Delays): Figures {
  return {
    pictures: last.length,
    lastMedianMs: median(last),
    lastP99Ms: quantile(last, 0.99),
    middleMedianMs: median(middle),
    middleP99Ms: quantile(middle, 0.99),
  };
}

/** @throws when the stand-in plays another clip than the peers carry */
export function requireSource({ width }: GroupReport): void {
  if (width === undefined || width === source.width) return;
  throw new Error(
    `The camera stand-in plays a picture ${width} wide, not the bench's: it found no such clip.`,
  );
}
