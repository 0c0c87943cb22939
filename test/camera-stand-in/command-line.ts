import { OPTIONS } from './options.js';
import type { OptionSpec } from './options.js';
import { ProgramError } from './program-error.js';

/** One option with the values that stood next to it, or a stray word. */
export interface Occurrence {
  readonly spec: OptionSpec | undefined;
  readonly values: string[];
}

/** A syntactic option, not yet looked up. */
interface Candidate {
  readonly key: string;
  readonly adjacent: string | undefined;
}

/**
 * Splits a command line as Boost program_options does in its default (unix) style: options may be abbreviated as long
 * as that is unambiguous, a value may follow after `=`, after a space or, for a letter, at once, and words that belong
 * to nothing are kept apart without complaint.
 */
export function splitCommandLine(argv: readonly string[]): Occurrence[] {
  const tokens = [...argv];
  const found: Occurrence[] = [];
  for (let token = tokens.shift(); token !== undefined; token = tokens.shift()) {
    if (token === '--') {
      break;
    }
    const candidate = asOption(token);
    if (candidate === undefined) {
      found.push({ spec: undefined, values: [token] });
    } else {
      found.push(takeValue(candidate, token, tokens));
    }
  }
  return giveStrayWords(found);
}

/** The option a token looks like: `--name`, `--name=value`, `-x` or `-xvalue`. */
function asOption(token: string): Candidate | undefined {
  if (token.length >= 3 && token.startsWith('--')) {
    const equals = token.indexOf('=');
    const key = equals < 0 ? token.slice(2) : token.slice(2, equals);
    const adjacent = equals < 0 ? undefined : token.slice(equals + 1);
    if (adjacent === '') {
      throw new ProgramError(
        `the argument for option '--${key}' should follow immediately after the equal sign`,
      );
    }
    return { key, adjacent };
  }
  if (token.length >= 2 && token.startsWith('-') && token[1] !== '-') {
    return { key: token.slice(0, 2), adjacent: token.length > 2 ? token.slice(2) : undefined };
  }
  return undefined;
}

/** Looks an option up and gives it the value next to it, if it needs one. */
function takeValue(candidate: Candidate, token: string, rest: string[]): Occurrence {
  const spec = findOption(candidate.key);
  if (spec === undefined) {
    const written = token.startsWith('--') ? `--${candidate.key}` : token;
    throw new ProgramError(`unrecognised option '${written}'`);
  }
  const values = candidate.adjacent === undefined ? [] : [candidate.adjacent];
  if (values.length === 0 && spec.implicit === undefined) {
    const next = rest[0];
    // Whatever follows is the value, `--other` included; only a letter that exists is recognised for what it is.
    const looksLikeLetter =
      next !== undefined && asOption(next) !== undefined && findOption(next) !== undefined;
    if (next === undefined || looksLikeLetter) {
      throw new ProgramError(`the required argument for option '${displayName(spec)}' is missing`);
    }
    values.push(next);
    rest.shift();
  }
  return { spec, values };
}

/** The option with this name, the only one that starts with it, or the one with this letter (`-x`). */
function findOption(key: string): OptionSpec | undefined {
  const exact = OPTIONS.find(
    ({ name, short }) => name === key || (short !== undefined && `-${short}` === key),
  );
  if (exact !== undefined) {
    return exact;
  }
  const matches = OPTIONS.filter(({ name }) => name.startsWith(key));
  if (matches.length > 1) {
    const names = matches.map(({ name }) => `'--${name}'`).sort();
    const last = names.pop() ?? '';
    throw new ProgramError(`option '--${key}' is ambiguous and matches ${names.join(', ')}, and ${last}`);
  }
  return matches[0];
}

/** An option that may do without a value takes the stray word behind it after all: `--flush 1`, and `--flush foo`. */
function giveStrayWords(found: readonly Occurrence[]): Occurrence[] {
  const result: Occurrence[] = [];
  for (const occurrence of found) {
    const before = result.at(-1);
    if (occurrence.spec === undefined && before?.spec?.implicit !== undefined && before.values.length === 0) {
      before.values.push(...occurrence.values);
    } else {
      result.push(occurrence);
    }
  }
  return result;
}

/** The name of an option as the program's messages give it. */
export function displayName(spec: OptionSpec): string {
  return `--${spec.name}`;
}
