import { readFileSync } from 'node:fs';
import { release, userInfo } from 'node:os';
import { platformOf, readDeviceNames } from '../camera/platform.js';
import { describeProgram, ProgramError, probeProgram } from '../camera/program.js';
import { type ReadSettings, readSettings } from '../config/read-settings.js';
import { findExecutable } from '../shared/find-executable.js';
import { Storage } from '../storage.js';
import { pluginVersion } from '../version.js';
import { platformBlock } from './homebridge-storage.js';

/** The questions themselves have a limit of their own; this one is for all of them. */
const probeLimitMs = 30_000;

/**
 * What somebody who is to help must know. Does not open the camera, which may be streaming, and holds no secret.
 *
 * @param folder Homebridge's storage folder, if it was found
 */
export async function doctor(folder: string | undefined, environment: NodeJS.ProcessEnv): Promise<string> {
  const { settings, problem } = configuration(folder);
  const devices = readDeviceNames('/sys/class/video4linux');
  const programs = new Set(settings.cameras.map((camera) => camera.program));
  const facts: [name: string, value: string][] = [
    ['homebridge-libcamera', pluginVersion],
    ['Node.js', process.version],
    ['Machine', firstLine('/proc/device-tree/model') ?? process.arch],
    ['System', `${osName() ?? process.platform}, kernel ${release()}`],
    ['User', userInfo().username],
    ['Video devices', devices.length === 0 ? 'none' : `${devices.length} (${platformOf(devices)})`],
    ['ffmpeg', (await findExecutable([settings.ffmpegPath ?? 'ffmpeg'], environment)) ?? 'not found'],
    ['Homebridge storage', folder ?? 'not found'],
    [
      'Access token',
      folder !== undefined && new Storage(folder).knownToken() !== undefined ? 'there' : 'not there',
    ],
  ];
  for (const program of programs.size === 0 ? [undefined] : programs) {
    facts.push(['Camera program', await aboutProgram(program, environment)]);
  }
  for (const { name, camera, width, height, framerate, fault } of settings.cameras) {
    facts.push([
      'Camera',
      `${name}: ${camera}, ${width}x${height}, ${framerate}/s${fault === undefined ? '' : ' (off)'}`,
    ]);
  }
  if (problem !== undefined) facts.push(['Configuration', problem]);
  facts.push(...settings.faults.map(({ line }): [string, string] => ['Configuration', line]));
  return facts.map(([name, value]) => `${name}: ${value}`).join('\n');
}

function configuration(folder: string | undefined): { settings: ReadSettings; problem?: string } {
  try {
    return { settings: readSettings(folder === undefined ? undefined : platformBlock(folder)) };
  } catch (error) {
    return {
      settings: readSettings(undefined),
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

async function aboutProgram(configured: string | undefined, environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    const program = await probeProgram(configured, {
      environment,
      registry: { add: () => () => undefined },
      signal: AbortSignal.timeout(probeLimitMs),
    });
    const encoder = program.libav === undefined ? '' : `, libav ${program.libav ? 'yes' : 'no'}`;
    const access = program.lacksAccess ? ', may not open the camera devices' : '';
    return `${describeProgram(program)}${encoder}, ${program.options.size} options${access}`;
  } catch (error) {
    return error instanceof ProgramError ? `${error.message} ${error.diagnosis.remedy}` : String(error);
  }
}

/** The name a system gives itself (os-release(5)). */
function osName(): string | undefined {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', '').split('\n')[0];
  } catch {
    return undefined;
  }
}
