import { nameOfShortForm, type OptionSpec, type ProgramOptions, wholeName } from './program-options.js';

/** An option of `extraArguments`. */
export interface ExtraOption {
  /** `true` for the bare option. */
  readonly value: string | true;
  /** As the user wrote it. */
  readonly words: readonly string[];
}

export interface ExtraArguments {
  /** By the option's one name. */
  readonly given: Map<string, ExtraOption>;
  /** What is left out and why, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * What the plugin sets itself, what writes into or instead of the stream, what ends, pauses or delays it, and what makes
 * the program do something else. A file of `config` may hold any of them.
 */
const reserved: ReadonlySet<string> = new Set([
  ...[
    'output',
    'timeout',
    'codec',
    'camera',
    'nopreview',
    'inline',
    'flush',
    'save-pts',
    'libav-format',
    'low-latency',
  ],
  ...['metadata', 'metadata-format', 'segment', 'split', 'circular', 'wrap', 'frames', 'libav-video-codec'],
  ...['libav-audio', 'listen', 'keypress', 'signal', 'initial', 'list-cameras', 'version', 'help', 'config'],
]);

/** Two names of one variable (rpicam-apps options.cpp). */
const otherNames: ReadonlyMap<string, string> = new Map([['analoggain', 'gain']]);

/**
 * Reads `extraArguments` as the program does (Boost program_options): an option that needs a value takes the next word,
 * another one takes it when it does not begin with a dash. Of an option that is given twice the last one counts, because
 * the program refuses two.
 */
export function readExtraArguments(words: readonly string[], options: ProgramOptions): ExtraArguments {
  const given = new Map<string, ExtraOption>();
  const notes = new Set<string>();
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const option = readOption(word, options);
    if (option === undefined) {
      notes.add(leftOut(JSON.stringify(word), 'it belongs to no option'));
      continue;
    }
    const { written, name } = option;
    const spec = name === undefined ? undefined : options.get(name);
    if (name === undefined || spec === undefined) {
      while (queue[0] !== undefined && readOption(queue[0], options) === undefined) queue.shift();
      notes.add(
        /\s/.test(written)
          ? leftOut(JSON.stringify(word), 'each word must be a string of its own')
          : noSuchOption(written),
      );
      continue;
    }
    const next = option.value === undefined && takes(spec, queue[0], options) ? queue.shift() : undefined;
    const value = option.value ?? next;
    if (reserved.has(name)) notes.add(leftOut(`--${name}`, 'the plugin decides on that itself'));
    else if (value === '' || (value === undefined && spec.implicit === undefined))
      notes.add(leftOut(`--${name}`, 'its value is missing'));
    else
      given.set(otherNames.get(name) ?? name, {
        value: value ?? true,
        words: next === undefined ? [word] : [word, next],
      });
  }
  return { given, notes: [...notes] };
}

/** @param option with its dashes */
export function noSuchOption(option: string): string {
  return `This camera program has no option ${option}: left out.`;
}

function leftOut(what: string, why: string): string {
  return `${what} in "extraArguments" is left out: ${why}.`;
}

interface WrittenOption {
  /** With its dashes, maybe abbreviated. */
  readonly written: string;
  /** The option it stands for, if the program has it. */
  readonly name: string | undefined;
  /** What stands in the same word: `--bitrate=2000000`, `-b2000000`. */
  readonly value: string | undefined;
}

/** @returns nothing for a value, like `-0.5` */
function readOption(word: string, options: ProgramOptions): WrittenOption | undefined {
  const [, long, longValue] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) return { written: `--${long}`, name: wholeName(long, options), value: longValue };
  const [, letter, shortValue] = /^-([a-zA-Z])(.*)$/s.exec(word) ?? [];
  if (letter === undefined) return undefined;
  return {
    written: `-${letter}`,
    name: nameOfShortForm(letter, options),
    value: shortValue === '' ? undefined : shortValue,
  };
}

/** Whether the next word is the option's value. The program would take a forgotten value's place by the next option. */
function takes(spec: OptionSpec, next: string | undefined, options: ProgramOptions): next is string {
  if (next === undefined) return false;
  if (spec.implicit !== undefined) return next === '-' || !next.startsWith('-');
  const option = readOption(next, options);
  return option === undefined || (option.name === undefined && !option.written.startsWith('--'));
}
