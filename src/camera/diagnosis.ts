import { type DiagnosisText, diagnosisRules, packageOf } from './diagnosis-rules.js';

/**
 * What can be done about the end of a camera process.
 *
 * Never started again by itself: `fatal-config`, until the configuration changes. Started again with growing pauses:
 * `hardware-missing`, `busy`, `permission`, `transient`. Looked at again once a minute: `install`, when the program or a
 * part of it is missing, and `platform`, when it needs another system setup or another sensor.
 */
export type DiagnosisKind =
  'fatal-config' | 'hardware-missing' | 'busy' | 'permission' | 'transient' | 'platform' | 'install';

/** Why a camera process ended or never ran, and what to do about it: a sentence each, for people. */
export interface Diagnosis {
  readonly kind: DiagnosisKind;
  /** Ends with ` It said: "…".` when a line of the process tells. */
  readonly reason: string;
  readonly remedy: string;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of stderr, or the message of an error that kept it from starting. */
  readonly stderr: readonly string[];
}

/** What the remedies must know to name the exact command. */
export interface DiagnosisContext {
  /** Who runs Homebridge, for the exact usermod line. */
  readonly user: string;
  /** Name of the program as people call it: rpicam-vid or libcamera-vid. */
  readonly program: string;
  /** `none`: no video device of a Raspberry Pi. */
  readonly platform: 'vc4' | 'pisp' | 'legacy' | 'none';
  /** Whether a tuning file was configured (image option tuning-file). */
  readonly tuningFile: boolean;
}

interface Line {
  /** Without libcamera's prefix, colours, and what differs from run to run. */
  readonly text: string;
  /** Whether it reports an error by its form. */
  readonly isError: boolean;
  /** What it gave up with: `ERROR: *** … ***`, or `what():` when another thread did (rpicam-apps, libstdc++). */
  readonly isLast: boolean;
}

const longestQuote = 200;

/** Says why a camera process ended: from its words where they tell, else from how it ended. Pure; never throws. */
export function diagnose(end: ProcessEnd, context: DiagnosisContext): Diagnosis {
  const lines = readLines(end.stderr);
  // Whoever ended it from outside is the cause, and what it grumbled before then is not.
  const wasEnded = end.code === 0 || ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'].includes(end.signal ?? '');
  const words = wasEnded && !lines.some(({ isLast }) => isLast) ? undefined : byWords(end.stderr, context);
  return words ?? withQuote(byEnd(end, context), lines.findLast(({ isError }) => isError)?.text);
}

/**
 * Says why from the words alone, whatever the process ended by: for a process that this plugin ended itself.
 *
 * @param stderr its last lines
 * @returns nothing when no line is a known one
 */
export function byWords(stderr: readonly string[], context: DiagnosisContext): Diagnosis | undefined {
  const lines = readLines(stderr);
  const last = lines.findLast(({ isLast }) => isLast)?.text;
  for (const { kind, pattern, last: lastPattern, when, reason, remedy } of diagnosisRules) {
    if (when?.(context) === false) continue;
    if (lastPattern !== undefined && (last === undefined || !lastPattern.test(last))) continue;
    // Without a pattern of its own a rule is about the last words themselves.
    const text = pattern === undefined ? last : lines.findLast((line) => pattern.test(line.text))?.text;
    if (text === undefined) continue;
    return withQuote({ kind, reason: inFull(reason, context), remedy: inFull(remedy, context) }, text);
  }
  return undefined;
}

function inFull(text: DiagnosisText, context: DiagnosisContext): string {
  return typeof text === 'string' ? text : text(context);
}

const updateSystem =
  'If this happens again and again, update the system: sudo apt update && sudo apt full-upgrade';

function byEnd({ code, signal }: ProcessEnd, context: DiagnosisContext): Diagnosis {
  const transient = (reason: string, remedy: string): Diagnosis => ({ kind: 'transient', reason, remedy });
  switch (signal) {
    case 'SIGKILL':
      return transient(
        'The camera program was killed.',
        'If this happens again and again, the memory may run out: choose a smaller "width" and "height", or set "no-raw".',
      );
    case 'SIGTERM':
    case 'SIGINT':
    case 'SIGHUP':
    case 'SIGQUIT':
      return transient(
        'Something else ended the camera program.',
        'If this happens again and again, find out which program or person does it.',
      );
    case 'SIGPIPE':
      return transient('The output of the camera program was closed.', updateSystem);
    case 'SIGILL':
      return {
        kind: 'install',
        reason: 'The camera program is not made for this processor.',
        remedy: `Install the one of the system again: sudo apt install --reinstall ${packageOf(context)}`,
      };
    case null:
      break;
    default:
      return transient(`The camera program crashed (${signal}).`, updateSystem);
  }
  if (code === 0) {
    return transient(
      'The camera program ended by itself.',
      'Remove what limits its time, such as "--timeout" or "--frames", from "extraArguments".',
    );
  }
  // What a shell answers when it cannot find, or may not run, a program.
  if (code === 126 || code === 127) {
    return {
      kind: 'install',
      reason: 'The camera program, or a part of it, is missing.',
      remedy: `Install it: sudo apt install ${packageOf(context)}`,
    };
  }
  return transient(`The camera program ended unexpectedly (exit status ${code ?? 'unknown'}).`, updateSystem);
}

const libcameraLine = /^\[[\d:.]+\] \[\d+\]\s+(DEBUG|INFO|WARN|ERROR|FATAL) \S+ \S+:\d+ (.*)$/;

function readLines(stderr: readonly string[]): Line[] {
  return stderr.flatMap((raw) => {
    const line = plain(raw);
    const [, level, message] = libcameraLine.exec(line) ?? [];
    if (level === 'DEBUG') return [];
    if (message !== undefined)
      return [{ text: message.trim(), isError: level === 'ERROR' || level === 'FATAL', isLast: false }];
    const last =
      /^ERROR: \*\*\* (.*?)(?: \*\*\*)?$/.exec(line)?.[1] ?? /^\s*what\(\):\s+(.*)$/.exec(line)?.[1];
    const isError = last !== undefined || /^ERROR\b|: not found$|Permission denied/.test(line);
    return [{ text: (last ?? line).trim(), isError, isLast: last !== undefined }];
  });
}

/** Without colours and without addresses, descriptors and process ids: equal troubles give equal words. */
function plain(raw: string): string {
  return (
    raw
      // eslint-disable-next-line no-control-regex -- colours of libcamera before 0.7.0
      .replace(/\x1b\[[0-9;]*m/g, '')
      .replace(/\p{Cc}/gu, ' ')
      .replace(/ ?@ 0x[0-9a-f]+/gi, '')
      .replace(/0x[0-9a-f]+/gi, '0x…')
      .replace(/(\/dev\/video\d+)\[\d+:\w+\]/g, '$1')
      // A shell names itself, here by the id of a process, and the line of its script.
      .replace(/^\d+: (?:line )?\d+: /, '')
  );
}

function withQuote(diagnosis: Diagnosis, text: string | undefined): Diagnosis {
  if (text === undefined || text === '') return diagnosis;
  return { ...diagnosis, reason: `${diagnosis.reason} It said: "${text.slice(0, longestQuote)}".` };
}
