import { programNames } from './image-options.js';
import { cameraOptions, platformOptions } from './options.js';
import { type Fault, readOptions, show } from './read-options.js';
import type { CameraSettings, ImageSettings, Settings } from './settings.js';
import { isSlug } from './slug.js';

/** A camera before it has got its id. */
export type UnnamedCamera = Omit<CameraSettings, 'id'> & { readonly id: string | undefined };

export interface ReadSettings extends Omit<Settings, 'cameras'> {
  /** The cameras that can run. */
  readonly cameras: readonly UnnamedCamera[];
  readonly faults: readonly Fault[];
}

const stayOff = 'This camera stays off.';

/** Reads Homebridge's raw configuration of the platform; never throws. */
export function readSettings(raw: unknown): ReadSettings {
  const faults: Fault[] = [];
  const platform = readOptions(raw, platformOptions, { label: '', prefix: '', faults }, ['cameras']);
  const list = typeof raw === 'object' && raw !== null && 'cameras' in raw ? (raw.cameras ?? []) : [];
  if (!Array.isArray(list)) {
    faults.push({ level: 'error', line: `"cameras" is ${show(list)}, but must be a list of cameras.` });
  }
  const cameras = (Array.isArray(list) ? list : []).flatMap((entry, i) => readCamera(entry, i, faults));
  const basePath = platform.relay.basePath.replace(/\/$/, '');
  return {
    ...platform,
    relay: { ...platform.relay, basePath },
    cameras: withoutConflicts(cameras, faults),
    faults,
  };
}

function readCamera(raw: unknown, index: number, faults: Fault[]): UnnamedCamera[] {
  const given = typeof raw === 'object' && raw !== null && 'name' in raw ? raw.name : undefined;
  const label =
    typeof given === 'string' && given.trim() !== '' ? `Camera "${given.trim()}"` : `Camera ${index + 1}`;
  const own: Fault[] = [];
  const { name, id, ...values } = readOptions(raw, cameraOptions, { label, prefix: '', faults: own });
  if (id !== undefined && !isSlug(id)) {
    const allowed = 'lower-case letters, digits and single hyphens, and no name the live view uses itself';
    own.push({ level: 'error', line: `${label}: "id" is ${show(id)}, but must be ${allowed}.` });
  }
  const usable = own.every((fault) => fault.level === 'warning');
  faults.push(...own.map((fault) => (fault.level === 'error' ? off(fault.line) : fault)));
  const image = imageSettings(values);
  return usable ? [{ ...values, id, name: name ?? `Camera ${index + 1}`, image }] : [];
}

/** The image options that are set, under the program's names; a flag that is off is left out. */
function imageSettings(values: Readonly<Record<string, unknown>>): ImageSettings {
  const image: Record<string, string | number | boolean> = {};
  for (const [key, programName] of programNames) {
    const value = values[key];
    if (typeof value === 'string' || typeof value === 'number' || value === true) image[programName] = value;
  }
  return image;
}

/** Two cameras of one id or one name, or on one sensor (of one program), cannot both run: the first one does. */
function withoutConflicts(cameras: readonly UnnamedCamera[], faults: Fault[]): UnnamedCamera[] {
  const kept: UnnamedCamera[] = [];
  for (const camera of cameras) {
    const conflict = (['id', 'name', 'camera'] as const).flatMap((key) => {
      const other = kept.find(
        (one) =>
          one[key] !== undefined &&
          one[key] === camera[key] &&
          (key !== 'camera' || one.program === camera.program),
      );
      return other ? [`"${key}" ${show(camera[key])} belongs to camera "${other.name}" already.`] : [];
    })[0];
    if (conflict === undefined) kept.push(camera);
    else faults.push(off(`Camera "${camera.name}": ${conflict}`));
  }
  return kept;
}

function off(line: string): Fault {
  return { level: 'error', line: `${line} ${stayOff}` };
}
