import { ProgramError } from './program-error.js';

const NUMBER = /^\s*[-+]?[\d.]+(e[-+]?\d+)?/i;

const TIME_UNITS: readonly (readonly [suffix: string, microseconds: number])[] = [
  ['min', 60_000_000],
  ['sec', 1_000_000],
  ['s', 1_000_000],
  ['ms', 1000],
  ['us', 1],
  ['ns', 0.001],
];

/**
 * A duration in µs. A suffix that is none counts as absent: `5m` is five of the default unit, not minutes.
 *
 * @param unit µs of one when there is no suffix
 */
export function parseTime(text: string, unit: number): number {
  const number = Number.parseFloat(text);
  if (Number.isNaN(number)) {
    throw new ProgramError('Invalid time string provided');
  }
  const suffix = text.replace(NUMBER, '');
  const factor = TIME_UNITS.find(([name]) => name === suffix)?.[1] ?? unit;
  return number * factor;
}

/** A capital M is a thousand: that is how the program has it. */
const BITRATE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bps: 1,
  k: 1000,
  K: 1000,
  kbps: 1000,
  m: 1_000_000,
  M: 1000,
  mbps: 1_000_000,
};

/** A bit rate in bit/s. A suffix that is none counts as absent: `5Mbps` is 5 bit/s. */
export function parseBitrate(text: string): number {
  const number = Number.parseFloat(text);
  if (Number.isNaN(number)) {
    throw new ProgramError('Invalid bitrate string provided');
  }
  const suffix = text.replace(NUMBER, '');
  return Math.trunc(number * (BITRATE_UNITS[suffix] ?? 1));
}
