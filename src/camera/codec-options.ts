/** A list `key=value;key=value` without some of its entries. */
export interface FilteredOptions {
  /** What is left; maybe nothing. */
  readonly kept: string;
  readonly dropped: readonly string[];
}

/**
 * Takes out of libx264's options (`--libav-video-codec-opts`) what would bring back B-frames: with them the pictures come
 * late and out of order.
 */
export function withoutBFrames(codecOptions: string): FilteredOptions {
  const dropped: string[] = [];
  const keeps = (entry: string): boolean => {
    if (bringsBFrames(entry)) dropped.push(entry);
    return entry !== '' && !bringsBFrames(entry);
  };
  const kept = codecOptions.split(';').flatMap((entry) => {
    const [key, value] = keyAndValue(entry);
    if (!holdsX264Options(key)) return keeps(entry) ? [entry] : [];
    const inner = value.split(':').filter(keeps);
    return inner.length === 0 ? [] : [`${key}=${inner.join(':')}`];
  });
  return { kept: kept.join(';'), dropped };
}

/** Options of libx264 that hold options of x264's own, separated by colons. */
function holdsX264Options(key: string): boolean {
  return key === 'x264-params' || key === 'x264opts';
}

/** `tune`: only zerolatency turns B-frames off (x264 param_apply_tune), and another one takes its place. */
function bringsBFrames(entry: string): boolean {
  const [key, value] = keyAndValue(entry);
  if (key === 'tune') return !value.includes('zerolatency');
  return ['bf', 'b', 'bframes'].includes(key) && value !== '0';
}

function keyAndValue(entry: string): [key: string, value: string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry.trim(), ''] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
}
