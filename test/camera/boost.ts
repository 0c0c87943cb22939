import type { ProgramOptions } from '../../src/camera/program-options.js';

/**
 * Reads a command line as Boost program_options does, and is stricter in one thing: words that belong to no option, which
 * Boost passes over, are an error.
 *
 * @throws for what the program would refuse
 */
export function readAsBoost(words: readonly string[], options: ProgramOptions): Map<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, long, longValue] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const [, letter, shortValue] = /^-([^-])(.*)$/s.exec(word) ?? [];
    const names = [...options.keys()].filter((name) =>
      long === undefined
        ? letter !== undefined && options.get(name)?.short === letter
        : options.has(long)
          ? name === long
          : name.startsWith(long),
    );
    const [name, ...others] = names;
    if (name === undefined || others.length > 0)
      throw new Error(`${word} is ${name === undefined ? 'unknown' : 'ambiguous'}`);
    // Two names of one variable.
    const variable = name === 'analoggain' ? 'gain' : name;
    if (values.has(variable)) throw new Error(`--${name} is given twice`);
    const implicit = options.get(name)?.implicit;
    let value = longValue ?? (shortValue === '' ? undefined : shortValue);
    const next = words[i + 1];
    if (value === undefined && next !== undefined && (implicit === undefined || !/^-./.test(next))) {
      value = next;
      i++;
    }
    value ??= implicit;
    if (value === undefined || value === '') throw new Error(`${word} has no value`);
    values.set(variable, value);
  }
  return values;
}
