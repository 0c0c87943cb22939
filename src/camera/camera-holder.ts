import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Diagnosis } from './diagnosis.js';

/** A process that uses the camera. */
export interface CameraHolder {
  /** As people know it: the name of the program, or of the script it runs. */
  readonly name: string;
  readonly pid: number;
}

export interface CameraHolderOptions {
  /** Folder of the processes, /proc by default. */
  readonly proc?: string;
  /** Whether a process belongs to this plugin, and is no other program. */
  readonly isOurs: (pid: number) => boolean;
}

const mostProcesses = 4096;
const mostDescriptors = 256;
const longestName = 60;

/** How sure it is that a process has the camera; the surest one is named. */
const rank = {
  mayUseCamera: 2,
  cameraProgram: 3,
  holdsDevice: 4,
  cameraProgramWithDevice: 5,
};

/** The encoders and decoders of a Pi (bcm2835-codec, rpi-hevc-dec): who uses one need not use the camera. */
const codecDevice = /^\/dev\/video(?:1[0-289]|31)$/;
const cameraDevice = /^\/dev\/(?:media|video)\d+$/;

/**
 * Finds out who has the camera: a process with an open camera device, as far as this user may see that (its own
 * processes, or all of them as root), or else one whose command line is that of a camera program.
 *
 * Never throws. Looks at 4096 processes and 256 descriptors of each at most, one after another and asynchronously.
 */
export async function findCameraHolder(options: CameraHolderOptions): Promise<CameraHolder | undefined> {
  const { proc = '/proc', isOurs } = options;
  let best: CameraHolder | undefined;
  let bestRank = 0;
  const pids = (await list(proc)).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids.slice(0, mostProcesses)) {
    if (pid === process.pid || isOurs(pid)) continue;
    const folder = `${proc}/${pid}`;
    const words = (await read(`${folder}/cmdline`)).split('\0');
    // The kernel's own threads and zombies have no command line.
    if (words[0] === undefined || words[0] === '' || (await isZombie(folder))) continue;
    const found = rankOf(words, await holdsCamera(folder));
    if (found <= bestRank) continue;
    best = { name: nameOf(words), pid };
    bestRank = found;
  }
  return best;
}

/** Names the holder in a diagnosis of kind `busy`, with the command that ends it; leaves every other one as it is. */
export function withHolder(diagnosis: Diagnosis, holder: CameraHolder | undefined): Diagnosis {
  if (diagnosis.kind !== 'busy' || holder === undefined) return diagnosis;
  const quote = / It said: ".*"\.$/s.exec(diagnosis.reason)?.[0] ?? '';
  return {
    kind: 'busy',
    reason: `Another program is using the camera: ${holder.name}, process ${holder.pid}.${quote}`,
    remedy: `End it: sudo kill ${holder.pid}`,
  };
}

function rankOf(words: readonly string[], holds: boolean): number {
  const name = nameOf(words);
  const certain = /^(?:rpicam|libcamera)-[a-z]|^mtxrpicam/.test(name);
  const known = certain || mayUseCamera(name, words.join(' '));
  // They keep the devices open only to list the cameras, unless a desktop program films through them.
  // They keep the devices of every camera open without using one.
  if (/^(?:wireplumber|pipewire)/.test(name)) return 0;
  if (holds) return known ? rank.cameraProgramWithDevice : rank.holdsDevice;
  if (certain) return rank.cameraProgram;
  return known ? rank.mayUseCamera : 0;
}

function mayUseCamera(name: string, commandLine: string): boolean {
  if (/^(?:mediamtx|go2rtc|motion|motioneye|mjpg_streamer|ustreamer|camera-streamer)(?:$|[._-])/.test(name))
    return true;
  if (name.startsWith('gst-launch')) return commandLine.includes('libcamerasrc');
  if (name === 'ffmpeg') return commandLine.includes('/dev/video');
  return /\bpython[\d.]* .*(?:picamera2|motioneye|meyectl)/.test(commandLine);
}

/** Name of the program; of the script or module when the program only interprets one. */
function nameOf(words: readonly string[]): string {
  const program = basename(words[0] ?? '');
  const interprets = /^(?:sh|bash|dash|python[\d.]*|node|perl)$/.test(program);
  const script = interprets ? words.slice(1).find((word) => word !== '' && !word.startsWith('-')) : undefined;
  const name = basename(script ?? program).replace(/[\p{Cc}"]/gu, ' ');
  return name.slice(0, longestName) || 'a program';
}

async function holdsCamera(folder: string): Promise<boolean> {
  for (const descriptor of (await list(`${folder}/fd`)).slice(0, mostDescriptors)) {
    const target = await readlink(`${folder}/fd/${descriptor}`).catch(() => '');
    if (cameraDevice.test(target) && !codecDevice.test(target)) return true;
  }
  return false;
}

/** Its state stands behind the name in parentheses, which may hold anything (proc(5), /proc/pid/stat). */
async function isZombie(folder: string): Promise<boolean> {
  const stat = await read(`${folder}/stat`);
  return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
