import type { API } from 'homebridge';

/** Called by Homebridge once, in the parent process too: it registers and does nothing else. */
export default function initialize(api: API): void {
  api.versionGreaterOrEqual('1.8.0');
}
