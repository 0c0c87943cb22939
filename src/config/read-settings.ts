import { programNames } from './image-options.js';
import { cameraOptions, platformOptions } from './options.js';
import { type Fault, readOptions, show } from './read-options.js';
import type { CameraSettings, ImageSettings, Settings } from './settings.js';
import { isSlug } from './slug.js';

/** A camera before it has got its id. */
export type UnnamedCamera = Omit<CameraSettings, 'id'> & { readonly id: string | undefined };

export interface ReadSettings extends Omit<Settings, 'cameras'> {
  /** All cameras; one with a fault stays off. */
  readonly cameras: readonly UnnamedCamera[];
  readonly faults: readonly Fault[];
}

const stayOff = 'This camera stays off.';

/** Reads Homebridge's raw configuration of the platform; never throws. */
export function readSettings(raw: unknown): ReadSettings {
  const faults: Fault[] = [];
  const platform = readOptions(raw, platformOptions, { label: '', prefix: '', faults }, ['cameras']);
  const list = typeof raw === 'object' && raw !== null && 'cameras' in raw ? (raw.cameras ?? []) : [];
  const camerasAreListed = Array.isArray(list);
  if (!camerasAreListed) {
    faults.push({ level: 'error', line: `"cameras" is ${show(list)}, but must be a list of cameras.` });
  }
  const cameras = (camerasAreListed ? list : []).map((entry, i) => readCamera(entry, i, faults));
  const basePath = platform.relay.basePath.replace(/\/$/, '');
  return {
    ...platform,
    relay: { ...platform.relay, basePath },
    cameras: withOwnIds(withConflicts(cameras, faults)),
    camerasAreListed,
    faults,
  };
}

function readCamera(raw: unknown, index: number, faults: Fault[]): UnnamedCamera {
  const given = typeof raw === 'object' && raw !== null && 'name' in raw ? raw.name : undefined;
  const label =
    typeof given === 'string' && given.trim() !== '' ? `Camera "${given.trim()}"` : `Camera ${index + 1}`;
  const own: Fault[] = [];
  const { name, id, ...values } = readOptions(raw, cameraOptions, { label, prefix: '', faults: own });
  if (name === undefined && own.length === 0) {
    own.push({ level: 'warning', line: `${label}: "name" is missing. It is called "${label}".` });
  }
  if (id !== undefined && !isSlug(id)) {
    const allowed = 'lower-case letters, digits and single hyphens, and no name the live view uses itself';
    own.push({ level: 'error', line: `${label}: "id" is ${show(id)}, but must be ${allowed}.` });
  }
  const last = own.findLast(({ level }) => level === 'error');
  faults.push(...own.map((one) => (one === last ? off(one.line) : one)));
  const fault = own.find(({ level }) => level === 'error')?.line;
  const usableId = id !== undefined && isSlug(id) ? id : undefined;
  return {
    ...values,
    id: usableId,
    name: name ?? `Camera ${index + 1}`,
    image: imageSettings(values),
    fault,
  };
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
function withConflicts(cameras: readonly UnnamedCamera[], faults: Fault[]): UnnamedCamera[] {
  const running: UnnamedCamera[] = [];
  return cameras.map((camera) => {
    if (camera.fault !== undefined) return camera;
    const conflict = (['id', 'name', 'camera'] as const).flatMap((key) => {
      const other = running.find(
        (one) =>
          one[key] !== undefined &&
          one[key] === camera[key] &&
          (key !== 'camera' || one.program === camera.program),
      );
      return other ? [`"${key}" ${show(camera[key])} belongs to camera "${other.name}" already.`] : [];
    })[0];
    if (conflict === undefined) {
      running.push(camera);
      return camera;
    }
    const fault = `Camera "${camera.name}": ${conflict}`;
    faults.push({ level: 'error', line: `${off(fault).line} Give it another one.` });
    return { ...camera, fault };
  });
}

/** An id belongs to one camera, also of those that stay off: to one that runs, else to the first. */
function withOwnIds(cameras: readonly UnnamedCamera[]): UnnamedCamera[] {
  const owner = (id: string): UnnamedCamera | undefined =>
    cameras.find((camera) => camera.id === id && camera.fault === undefined) ??
    cameras.find((camera) => camera.id === id);
  return cameras.map((camera) =>
    camera.id === undefined || owner(camera.id) === camera ? camera : { ...camera, id: undefined },
  );
}

function off(line: string): Fault {
  return { level: 'error', line: `${line} ${stayOff}` };
}
