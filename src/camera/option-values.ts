import type { OptionSpec } from './program-options.js';

const microseconds: ReadonlyMap<string, number> = new Map([
  ['min', 60_000_000],
  ['sec', 1_000_000],
  ['s', 1_000_000],
  ['ms', 1000],
  ['us', 1],
  ['ns', 0.001],
]);

/** Options whose value is a time; a plain number is microseconds in every version (rpicam-apps options.cpp). */
const durations = ['shutter', 'flicker-period'];

/**
 * A value in the form that this program takes. Times are whole microseconds, because units came with 1.2.2. `hdr` was a
 * switch before 1.3.0.
 *
 * @param value `true` for the bare option
 * @returns nothing when the option is to be left out
 */
export function programValue(
  name: string,
  value: string | true,
  { implicit }: OptionSpec,
): string | true | undefined {
  if (value === true) return true;
  if (durations.includes(name)) return wholeMicroseconds(value);
  if (name === 'hdr' && implicit === '1') return value === 'off' || value === '0' ? undefined : true;
  return value;
}

/** The words that give an option a value; none for an option that is left out. */
export function optionWords(
  name: string,
  value: string | true | undefined,
  { implicit }: OptionSpec,
): string[] {
  if (value === undefined) return [];
  if (value === true) return [`--${name}`];
  // Where the value may be left out, Boost takes the next word for it in some places only.
  return implicit === undefined ? [`--${name}`, value] : [`--${name}=${value}`];
}

function wholeMicroseconds(duration: string): string {
  const [, number, unit = 'us'] = /^(\d+(?:\.\d+)?)(min|sec|s|ms|us|ns)?$/.exec(duration) ?? [];
  const factor = microseconds.get(unit);
  return number === undefined || factor === undefined
    ? duration
    : String(Math.round(Number(number) * factor));
}
