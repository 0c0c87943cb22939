const PREFIX = 'CAMERA_STAND_IN_';

/** The environment variables of the stand-in. A value that makes no sense is a mistake in a test and ends the process. */
export class Variables {
  public constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** An empty variable counts as none. */
  public text(name: string): string | undefined {
    const text = this.env[PREFIX + name];
    return text === '' ? undefined : text;
  }

  /** A number from 0 on. */
  public wholeNumber(name: string): number | undefined {
    return this.number(name, /^\d+$/, 'a whole number');
  }

  /** A number that may be negative. */
  public integer(name: string): number | undefined {
    return this.number(name, /^-?\d+$/, 'an integer');
  }

  /** 1 is true; 0 and nothing are false. */
  public flag(name: string): boolean {
    return this.number(name, /^[01]$/, '0 or 1') === 1;
  }

  private number(name: string, pattern: RegExp, kind: string): number | undefined {
    const text = this.text(name);
    if (text !== undefined && !pattern.test(text)) {
      throw new Error(`${PREFIX}${name} must be ${kind}, not ${text}.`);
    }
    return text === undefined ? undefined : Number(text);
  }
}

/** The value of a variable that another one is useless without. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) {
    throw new Error(`${PREFIX}${name} is missing.`);
  }
  return value;
}
