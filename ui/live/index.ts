/** The overview: the cameras as links to their pages. */
import { backoffMs } from './backoff.js';
import { parseCameras, type CameraLink } from './cameras.js';

const list = document.querySelector('#cameras');
const status = document.querySelector('#status');

/** Tries until the relay has answered: the page may be open while Homebridge restarts. */
async function load(attempt: number): Promise<void> {
  const answer = await ask();
  if (typeof answer === 'string') say(answer);
  else if (answer.length === 0)
    say('There are no cameras yet. Add one in the settings of the plugin in Homebridge.');
  else show(answer);
  if (answer === UNREACHABLE) setTimeout(() => void load(attempt + 1), backoffMs(attempt, Math.random()));
}

const UNREACHABLE = 'The cameras cannot be reached, trying again…';
const EXPIRED =
  'Access has expired. Open this page again with the link from the plugin’s settings in Homebridge.';

/** The cameras, or a sentence why there are none. */
async function ask(): Promise<readonly CameraLink[] | string> {
  try {
    const response = await fetch('cameras.json', { cache: 'no-store' });
    if (response.status === 401 || response.status === 403) return EXPIRED;
    return (response.ok ? parseCameras(await response.json()) : undefined) ?? UNREACHABLE;
  } catch {
    return UNREACHABLE;
  }
}

function say(sentence: string): void {
  if (status) status.textContent = sentence;
}

function show(cameras: readonly CameraLink[]): void {
  say('');
  list?.replaceChildren(
    ...cameras.map(({ name, href }) => {
      const link = document.createElement('a');
      link.href = href;
      link.textContent = name;
      const item = document.createElement('li');
      item.append(link);
      return item;
    }),
  );
}

void load(0);
