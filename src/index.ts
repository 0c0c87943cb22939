import type { API } from 'homebridge';
import { LibcameraPlatform, platformName, pluginName } from './platform.js';

/** Called by Homebridge once, in the parent process of a child bridge too: it registers and does nothing else. */
export default function initialize(api: API): void {
  api.registerPlatform(pluginName, platformName, LibcameraPlatform);
}
