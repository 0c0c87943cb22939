import { nearest } from './nearest.js';
import type { Option, Options, ValueOf, ValuesOf } from './option-types.js';

/** Something wrong in the configuration, in one line for people. */
export interface Fault {
  /** `error`: what it stands in cannot run. `warning`: it can, without that option. */
  readonly level: 'error' | 'warning';
  readonly line: string;
}

/** Where an object stands, and where its faults go. */
export interface Place {
  /** For people, in front of the message; empty for the platform itself. */
  readonly label: string;
  /** In front of the keys: `relay.`. */
  readonly prefix: string;
  readonly faults: Fault[];
}

/** Keys that are not ours: Homebridge's own, and notes people leave. */
const foreignKeys = /^_|^platform$|^\/\//;

/**
 * Reads an object of the configuration by its definition. Every option gets a usable value; what is wrong is noted.
 *
 * @param otherKeys keys that are read elsewhere
 */
export function readOptions<const O extends Options>(
  raw: unknown,
  options: O,
  place: Place,
  otherKeys: readonly string[] = [],
): ValuesOf<O> {
  const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
  if (!isObject && raw !== undefined && raw !== null) {
    note(
      place,
      'error',
      `${place.prefix ? `"${place.prefix.slice(0, -1)}"` : 'It'} is ${show(raw)}, but must be an object.`,
    );
  }
  const values = isObject ? (raw as Readonly<Record<string, unknown>>) : {};
  const known = [...Object.keys(options), ...otherKeys];
  for (const key of Object.keys(values)) {
    if (known.includes(key) || foreignKeys.test(key)) continue;
    const similar = nearest(key, known);
    const hint = similar === undefined ? '' : ` Did you mean "${place.prefix}${similar}"?`;
    note(place, 'warning', `"${place.prefix}${key}" is not an option. It is ignored.${hint}`);
  }
  const read = Object.entries(options).map(([key, option]) => {
    return [key, readOption(key, values[key], option, place)] as const;
  });
  return Object.fromEntries(read) as ValuesOf<O>;
}

function readOption(key: string, raw: unknown, option: Option, place: Place): ValueOf<Option> {
  if (option.kind === 'group') {
    return readOptions(raw, option.options, { ...place, prefix: `${place.prefix}${key}.` });
  }
  const missing = raw === undefined || raw === null || raw === '';
  if (option.kind === 'later') {
    if (!missing) note(place, 'warning', `"${place.prefix}${key}" has no effect in this version.`);
    return undefined;
  }
  const fallback = option.kind === 'texts' ? [] : option.default;
  if (missing) return fallback;
  const value = accept(raw, option);
  if (value !== undefined) return value;
  const instead = place.label === '' ? ` The default, ${show(fallback)}, is used.` : '';
  note(place, 'error', `"${place.prefix}${key}" is ${show(raw)}, but must be ${allowed(option)}.${instead}`);
  return fallback;
}

type Simple = Exclude<Option, { kind: 'group' | 'later' }>;

/** @returns the value, or nothing when it does not fit */
function accept(raw: unknown, option: Simple): ValueOf<Option> {
  switch (option.kind) {
    case 'number': {
      const fits = typeof raw === 'number' && raw >= option.min && raw <= option.max;
      return fits && (option.integer !== true || Number.isInteger(raw)) ? raw : undefined;
    }
    case 'flag':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'choice':
      return option.choices.find((choice) => choice === raw);
    case 'text': {
      // Forms and people write numbers where a text of digits is meant.
      const text = typeof raw === 'number' ? String(raw) : typeof raw === 'string' ? raw.trim() : undefined;
      return text !== undefined && (option.pattern?.matches.test(text) ?? true) ? text : undefined;
    }
    case 'texts':
      return Array.isArray(raw) && raw.every((entry) => typeof entry === 'string') ? raw : undefined;
    case 'camera': {
      const isIndex = typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw < 64;
      return isIndex || (typeof raw === 'string' && raw.startsWith('/')) ? raw : undefined;
    }
  }
}

function allowed(option: Simple): string {
  switch (option.kind) {
    case 'number':
      return `${option.integer ? 'a whole number' : 'a number'} from ${option.min} to ${option.max}`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return `one of ${option.choices.map((choice) => JSON.stringify(choice)).join(', ')}`;
    case 'text':
      return option.pattern?.allowed ?? 'a text';
    case 'texts':
      return 'a list of texts';
    case 'camera':
      return 'a number from 0 to 63, or an id that begins with "/" as "rpicam-vid --list-cameras" prints it';
  }
}

function note(place: Place, level: Fault['level'], text: string): void {
  place.faults.push({ level, line: place.label === '' ? text : `${place.label}: ${text}` });
}

/** A value as people wrote it, cut to a readable length. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? String(value) : text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
