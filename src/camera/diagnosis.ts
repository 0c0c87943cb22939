/** Why a camera process ended or never ran, and what to do about it. */
export interface Diagnosis {
  /** `config`: starting it again cannot help until somebody changes something. `transient`: it may. */
  readonly kind: 'config' | 'transient';
  readonly reason: string;
  readonly remedy: string;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of stderr, without colour codes. */
  readonly stderr: readonly string[];
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: Diagnosis['kind'];
  readonly reason: string;
  readonly remedy: string;
}

/** First match wins. Texts as rpicam-vid, libcamera, Boost and the dynamic linker write them. */
const rules: readonly Rule[] = [
  {
    pattern: /Permission denied|Could not open any dma/,
    kind: 'transient',
    reason: 'The camera devices may not be opened by the user that runs Homebridge.',
    remedy: 'Run: sudo usermod -aG video <that user>, then restart Homebridge.',
  },
  {
    pattern: /Pipeline handler in use by another process|failed to acquire camera|Device or resource busy/,
    kind: 'transient',
    reason: 'Another program is using the camera.',
    remedy: 'End that program.',
  },
  {
    pattern: /no cameras available/,
    kind: 'transient',
    reason: 'No camera was found.',
    remedy: 'Check the ribbon cable at both ends, with the power off.',
  },
  {
    pattern: /selected camera is not available/,
    kind: 'config',
    reason: 'There is no camera with the configured number.',
    remedy: 'Run rpicam-vid --list-cameras and correct "camera" in the configuration.',
  },
  {
    pattern: /Device timeout detected|frontend has timed out|failed to start camera/,
    kind: 'transient',
    reason: 'The camera stopped answering.',
    remedy: 'Check the ribbon cable at both ends, or try another cable.',
  },
  {
    pattern: /legacy camera stack/,
    kind: 'config',
    reason: 'The old camera stack is switched on.',
    remedy: 'Run sudo raspi-config, Interface Options, Legacy Camera: No, and restart.',
  },
  {
    pattern: /Unable to find an appropriate H\.264 codec|unrecognised option '--libav/,
    kind: 'config',
    reason: 'The camera program was built without the H.264 encoder this Pi needs.',
    remedy: 'Install it: sudo apt install rpicam-apps (the package without "lite").',
  },
  {
    pattern: /error while loading shared libraries/,
    kind: 'config',
    reason: 'The camera program misses a library.',
    remedy: 'Remove copies of your own from /usr/local/bin and run: sudo apt install --reinstall rpicam-apps',
  },
  {
    pattern: /unrecognised option|the argument \('|required argument for option|more than once|is ambiguous/,
    kind: 'config',
    reason: 'The camera program refuses an option.',
    remedy: 'Correct the image options or "extraArguments" in the configuration.',
  },
  {
    pattern: /\bInvalid \w|no such (?:profile|level)|rotation value|requiring transpose|unrecognised codec/i,
    kind: 'config',
    reason: 'The camera program refuses the value of an option.',
    remedy: 'Correct it in the configuration.',
  },
];

/** Says why a camera process ended, from its last words: the exit status alone tells next to nothing. */
export function diagnose(end: ProcessEnd): Diagnosis {
  const errors = end.stderr.filter((line) => /ERROR|what\(\):|error while|in use by|Permission/.test(line));
  for (const rule of rules) {
    const line = errors.findLast((text) => rule.pattern.test(text));
    if (line === undefined) continue;
    return { kind: rule.kind, reason: `${rule.reason} It said: ${quote(line)}.`, remedy: rule.remedy };
  }
  const how = end.signal === null ? `exit status ${end.code ?? 'unknown'}` : `signal ${end.signal}`;
  const last = errors.at(-1);
  const said = last === undefined ? '' : ` It said: ${quote(last)}.`;
  return { kind: 'transient', reason: `The camera program ended unexpectedly (${how}).${said}`, remedy: '' };
}

/** The message inside `ERROR: *** … ***`, or the line without libcamera's prefix. */
function quote(line: string): string {
  const text = /ERROR: \*\*\* (.*) \*\*\*/.exec(line)?.[1] ?? line.replace(/^\[[\d:.]+\] \[\d+\]\s+/, '');
  return `"${text.trim().slice(0, 200)}"`;
}
