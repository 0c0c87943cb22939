/** An option of the camera program, as its `--help` shows it. */
export interface OptionSpec {
  /** The letter of its short form, without the dash. */
  readonly short?: string;
  /** The value that the bare option stands for: `1` for a switch. Without one the option needs a value. */
  readonly implicit?: string;
}

/** The options of a camera program by name, without dashes. */
export type ProgramOptions = ReadonlyMap<string, OptionSpec>;

/** rpicam-vid 1.12 has 90. What another program answers must not fill the memory. */
const mostOptions = 500;
/** Name and implicit value end within 64 characters each, so that a line is read in bounded time. */
const optionLine =
  /^ {2}(?:-(\w) \[ )?--([a-z][\w-]{0,62})(?![\w-])(?: \])?(?: \[=arg\(=([^)\n]{0,64})\)\])?/gm;

/**
 * Reads the options out of `--help` (Boost program_options: two spaces, maybe a short form, the name, and
 * `[=arg(=1)]` where the value may be left out). Takes any text; lines that are something else are passed over.
 *
 * @returns at most 500 options, each with a name of at most 63 characters
 */
export function parseOptions(help: string): ProgramOptions {
  const options = new Map<string, OptionSpec>();
  for (const [, short, name = '', implicit] of help.matchAll(optionLine)) {
    if (options.size === mostOptions) break;
    options.set(name, {
      ...(short === undefined ? {} : { short }),
      ...(implicit === undefined ? {} : { implicit }),
    });
  }
  return options;
}

/**
 * The option a name stands for, as the program reads it: the whole name, or the beginning of just one (Boost's
 * `allow_guessing`).
 */
export function wholeName(written: string, options: ProgramOptions): string | undefined {
  if (options.has(written)) return written;
  const matches = [...options.keys()].filter((name) => name.startsWith(written));
  return matches.length === 1 ? matches[0] : undefined;
}

/** The option with this short form, if there is one. */
export function nameOfShortForm(letter: string, options: ProgramOptions): string | undefined {
  return [...options].find(([, { short }]) => short === letter)?.[0];
}
