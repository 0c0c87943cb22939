import { isSlug, makeSlug } from './slug.js';

/** What is remembered of a camera between starts, so that renaming it changes neither its URL nor its HomeKit identity. */
export interface RememberedCamera {
  readonly id: string;
  readonly name: string;
  /** Index or libcamera id. */
  readonly camera: number | string;
}

/** A camera of the configuration, as far as its identity goes. */
export interface NamedCamera {
  /** Why it stays off, if it does: others are served first. */
  readonly fault?: string | undefined;
  /** Set by the user. */
  readonly id: string | undefined;
  readonly name: string;
  readonly camera: number | string;
}

/**
 * Gives each camera its id: the configured one, else the remembered one of the same name, else the remembered one of
 * the same sensor whose name is gone (it was renamed), else a new one made from the name.
 *
 * @returns an id for each camera, in their order
 */
export function assignIds(
  cameras: readonly NamedCamera[],
  remembered: readonly RememberedCamera[],
): string[] {
  const ids = cameras.map((camera) => camera.id);
  const taken = new Set(ids.filter((id) => id !== undefined));
  const isOff = ({ fault }: NamedCamera): number => (fault === undefined ? 0 : 1);
  const runningFirst = [...cameras.entries()].sort(([, a], [, b]) => isOff(a) - isOff(b));
  const adopt = (fits: (camera: NamedCamera, known: RememberedCamera) => boolean): void => {
    for (const [i, camera] of runningFirst) {
      if (ids[i] !== undefined) continue;
      const match = remembered.find((known) => !taken.has(known.id) && fits(camera, known));
      if (!match) continue;
      ids[i] = match.id;
      taken.add(match.id);
    }
  };
  const names = new Set(cameras.map((camera) => camera.name));
  adopt((camera, known) => camera.name === known.name);
  adopt((camera, known) => camera.camera === known.camera && !names.has(known.name));
  for (const [i, camera] of runningFirst) {
    const id = (ids[i] ??= makeSlug(camera.name, taken));
    taken.add(id);
  }
  return ids.map((id) => id ?? '');
}

/** Reads what was remembered; anything that does not look like it is left out. */
export function parseRemembered(text: string): RememberedCamera[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): RememberedCamera[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { id, name, camera } = entry as Record<string, unknown>;
    const known = typeof id === 'string' && isSlug(id) && typeof name === 'string';
    return known && (typeof camera === 'number' || typeof camera === 'string') ? [{ id, name, camera }] : [];
  });
}
