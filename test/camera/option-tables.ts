import { parseOptions, type ProgramOptions } from '../../src/camera/program-options.js';
import { recording } from '../support/fixtures.js';

/** libcamera-apps until 1.2, rpicam-apps from 1.4. */
export const versions = ['1.0.0', '1.2.1', '1.4.1', '1.5.3', '1.6.0', '1.8.1', '1.12.0'] as const;
export type Version = (typeof versions)[number];

/** Options that came after 1.0.0, and the version that brought them. */
const since: Readonly<Record<string, readonly string[]>> = {
  '1.0.2': [
    ...['autofocus-mode', 'autofocus-range', 'autofocus-speed', 'autofocus-window', 'lens-position'],
    ...['buffer-count', 'viewfinder-buffer-count', 'audio-source'],
  ],
  '1.1.0': ['hdr'],
  '1.2.0': ['libav-video-codec', 'audio-channels'],
  '1.2.2': ['flicker-period'],
  '1.3.0': ['no-raw'],
  '1.4.1': ['libav-video-codec-opts'],
  '1.5.0': ['post-process-libs'],
  '1.5.1': ['lores-par'],
  '1.6.0': ['low-latency', 'sync'],
  '1.8.1': ['preview-libs', 'encoder-libs'],
  '1.9.0': ['ccm'],
  '1.12.0': ['preview-backend'],
};

/** The options of a version: those that 1.12 shows in `--help`, without what came later and as they were then. */
export function optionsOf(version: Version): ProgramOptions {
  const options = new Map(parseOptions(recording('help-1.12.txt').toString()));
  for (const [first, names] of Object.entries(since)) {
    if (isBefore(version, first)) for (const name of names) options.delete(name);
  }
  if (isBefore(version, '1.3.0')) {
    options.set('rawfull', { implicit: '1' });
    if (options.has('hdr')) options.set('hdr', { implicit: '1' });
  }
  return options;
}

function isBefore(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) < 0;
}
