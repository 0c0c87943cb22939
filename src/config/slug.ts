/** Names the relay uses itself, so no camera may have them. */
export const reservedIds: readonly string[] = ['metrics', 'login', 'assets', 'stats.json', 'cameras.json'];

/** With `libcamera-` in front it is a HomeKit serial number, of 64 characters at most. */
const longestSlug = 54;

/** Whether a text may be a camera's id: letters of any script, digits and single hyphens, in lower case. */
export function isSlug(text: string): boolean {
  return (
    text.length <= longestSlug &&
    slugPattern.test(text) &&
    text === text.toLowerCase() &&
    !reservedIds.includes(text)
  );
}

const slugPattern = /^[\p{L}\p{N}\p{M}]+(?:-[\p{L}\p{N}\p{M}]+)*$/u;

/**
 * Makes an id of a name: `Front door` becomes `front-door`, `Küche` stays `küche`.
 *
 * @param taken ids that are in use
 */
export function makeSlug(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-');
  // By characters: half of one would be no letter. Each counts as two, which it may be.
  const short = Array.from(words)
    .slice(0, longestSlug / 2)
    .join('');
  const trimmed = short.replace(/^-+|-+$/g, '');
  const base = trimmed === '' ? 'camera' : trimmed;
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(slug) && !reservedIds.includes(slug)) return slug;
  }
}
