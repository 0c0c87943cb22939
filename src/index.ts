import type { API } from 'homebridge';

/** Called by Homebridge once, in the parent process too: it registers and does nothing else. */
export default function initialize(_api: API): void {
  return;
}
