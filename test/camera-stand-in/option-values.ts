import { readFileSync } from 'node:fs';
import { displayName, splitCommandLine } from './command-line.js';
import type { Occurrence } from './command-line.js';
import { OPTIONS } from './options.js';
import type { OptionSpec } from './options.js';
import { ProgramError } from './program-error.js';

/** The value of every option that was given, as checked text: `1` and `0` for flags. */
export type OptionValues = ReadonlyMap<string, string>;

const TRUE_WORDS = ['', 'on', 'yes', '1', 'true'];
const FALSE_WORDS = ['off', 'no', '0', 'false'];

/** Parses and checks a command line, and the file that `--config` names: the command line wins. */
export function parseOptions(argv: readonly string[]): OptionValues {
  const values = collect(splitCommandLine(argv));
  const file = values.get('config');
  if (file !== undefined) {
    for (const [name, text] of collect(splitConfigFile(file))) {
      if (!values.has(name)) {
        values.set(name, text);
      }
    }
  }
  return values;
}

function collect(occurrences: readonly Occurrence[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { spec, values: given } of occurrences) {
    if (spec === undefined) {
      continue;
    }
    // Boost lets a bare flag be repeated. The stand-in is stricter: what is given twice is a mistake of ours.
    if (values.has(spec.name)) {
      throw new ProgramError(`option '${displayName(spec)}' cannot be specified more than once`);
    }
    values.set(spec.name, checked(spec, given[0] ?? spec.implicit ?? ''));
  }
  return values;
}

function checked(spec: OptionSpec, text: string): string {
  if (spec.type === 'flag') {
    const word = text.toLowerCase();
    if (TRUE_WORDS.includes(word)) {
      return '1';
    }
    if (FALSE_WORDS.includes(word)) {
      return '0';
    }
    throw new ProgramError(
      `the argument ('${word}') for option '${displayName(spec)}' is invalid. ` +
        "Valid choices are 'on|off', 'yes|no', '1|0' and 'true|false'",
    );
  }
  if (!isValid(spec.type, text)) {
    throw new ProgramError(`the argument ('${text}') for option '${displayName(spec)}' is invalid`);
  }
  return text;
}

function isValid(type: Exclude<OptionSpec['type'], 'flag'>, text: string): boolean {
  switch (type) {
    case 'string':
      return true;
    case 'float':
      return text.trim() === text && text !== '' && Number.isFinite(Number(text));
    case 'int':
      return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 2 ** 31;
    case 'uint':
      // A minus sign is accepted and wraps around, as everywhere in C++.
      return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 32;
  }
}

/** Lines `long-name=value` with comments after #; a file that cannot be read is no file. */
function splitConfigFile(file: string): Occurrence[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return lines.filter(Boolean).map((line) => {
    const equals = line.indexOf('=');
    const name = (equals < 0 ? line : line.slice(0, equals)).trim();
    const spec = OPTIONS.find((option) => option.name === name);
    if (spec === undefined) {
      throw new ProgramError(`unrecognised option '${name}'`);
    }
    return { spec, values: equals < 0 ? [] : [line.slice(equals + 1).trim()] };
  });
}
