export interface CameraLink {
  readonly name: string;
  /** Relative to the overview page. */
  readonly href: string;
}

/** The relay's `cameras.json`, `[{"id":"front-door","name":"Front door"}]`; `undefined` when it is something else. */
export function parseCameras(json: unknown): readonly CameraLink[] | undefined {
  if (!Array.isArray(json)) return undefined;
  return json.flatMap((camera: unknown) => {
    if (typeof camera !== 'object' || camera === null) return [];
    const { id, name } = camera as { id?: unknown; name?: unknown };
    if (typeof id !== 'string' || id === '') return [];
    return {
      name: typeof name === 'string' && name !== '' ? name : id,
      href: `./${encodeURIComponent(id)}/`,
    };
  });
}
