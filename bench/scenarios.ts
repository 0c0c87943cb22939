import { handOut, withoutFifo } from './hand-out.js';
import { join } from './join.js';
import { latency } from './latency.js';
import { naive, ours, websockify } from './relays.js';
import type { Scenario } from './scenario.js';
import { slow, stalled } from './slow.js';
import { firstSnapshot, fourSnapshots, snapshotFromMemory } from './snapshots.js';

const blockMs = 100;
const blockedViewers = 5;

/** Everything that can be run, by name. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map<string, Scenario>([
  ...([1, 10, 100] as const).flatMap((viewers): [string, Scenario][] => [
    [`ours-vc4-${viewers}`, { run: () => latency('vc4', ours(), viewers) }],
    [`naive-${viewers}`, { run: () => latency('vc4', naive('naive-relay'), viewers) }],
    [`ours-pisp-${viewers}`, { run: () => latency('pisp', ours(), viewers) }],
  ]),
  ['naive-pts-100', { run: () => latency('vc4', naive('naive-pts'), 100) }],
  ['naive-startcode-1', { run: () => latency('vc4', naive('naive-startcode'), 1) }],
  ['websockify-1', { run: () => latency('vc4', websockify, 1) }],
  ['ours-vc4-300', { run: () => latency('vc4', ours(), 300) }],
  ['naive-300', { run: () => latency('vc4', naive('naive-relay'), 300) }],
  ['ours-join', { run: () => join(ours()) }],
  ['naive-join', { run: () => join(naive('naive-pts', 'units')) }],
  ['worker-blocked', { run: () => latency('vc4', ours('worker', blockMs), blockedViewers) }],
  ['thread-blocked', { run: () => latency('vc4', ours('thread', blockMs), blockedViewers) }],
  ['ours-slow', { run: () => slow(ours()), once: true }],
  ['naive-slow', { run: () => slow(naive('naive-relay')), once: true }],
  ['ours-stalled', { run: () => stalled(ours()), once: true }],
  ['naive-stalled', { run: () => stalled(naive('naive-relay')), once: true }],
  ['hand-out-vc4', { run: () => handOut('vc4') }],
  ['hand-out-pisp', { run: () => handOut('pisp') }],
  ['hand-out-gap', { run: () => handOut('vc4', withoutFifo) }],
  ['snapshot-memory', { run: snapshotFromMemory }],
  ['snapshot-first', { run: firstSnapshot }],
  ['snapshot-four', { run: fourSnapshots }],
]);

/** Scenarios that wait for seconds and do little: they run at the same time. */
export const together: readonly (readonly string[])[] = [
  ['ours-slow', 'naive-slow'],
  ['ours-stalled', 'naive-stalled'],
];
