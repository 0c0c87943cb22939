import { existsSync } from 'node:fs';
import { acquireCamera } from './camera-lock.js';
import type { Camera } from './cameras.js';
import type { Environment } from './environment.js';
import { logLibcamera, logLine } from './log.js';
import { selectMode, wantedMode } from './mode-selection.js';
import { ProgramError } from './program-error.js';
import type { Settings } from './settings.js';

/** libcamera as the recordings have it. */
const LIBCAMERA = 'libcamera v0.0.0+1-c7533a92-dirty (2026-11-22T10:42:55UTC)';

/** The first thing the program does: it looks for memory to share with the camera, and goes on without. */
export function openDevices(permitted: boolean): void {
  if (!permitted) {
    logLine('Could not open any dmaHeap device');
  }
}

/**
 * Starts the camera manager: the lines that come with it.
 *
 * @param permitted whether the devices may be opened
 */
export function enumerateCameras(cameras: readonly Camera[], verbose: number, permitted: boolean): void {
  if (verbose === 0) {
    return;
  }
  logLibcamera('main', 'INFO', `Camera camera_manager.cpp:340 ${LIBCAMERA}`);
  logLibcamera(
    'enumerator',
    'WARN',
    "IPAManager ipa_manager.cpp:159 No IPA found in '/usr/lib/libcamera/ipa'",
  );
  if (!permitted) {
    logLibcamera(
      'enumerator',
      'ERROR',
      'DmaBufAllocator dma_buf_allocator.cpp:119 Could not open any dma-buf provider',
    );
  }
  for (const { id } of [...cameras].reverse()) {
    logLibcamera(
      'enumerator',
      'INFO',
      `Camera camera_manager.cpp:223 Adding camera '${id}' for pipeline handler virtual`,
    );
  }
}

/** Opens the camera that was asked for, or throws what the program says instead. */
export async function openCamera(
  cameras: readonly Camera[],
  settings: Settings,
  environment: Environment,
): Promise<void> {
  if (!settings.nopreview && settings.verbose > 0) {
    logLine('Preview window unavailable');
  }
  if (cameras.length === 0) {
    throw new ProgramError('no cameras available');
  }
  const camera = cameras[settings.camera];
  if (camera === undefined) {
    throw new ProgramError('selected camera is not available');
  }
  if ((await acquireCamera(camera, environment)) === undefined) {
    environment.strike();
    if (settings.verbose > 0) {
      logLibcamera('main', 'INFO', 'Camera camera.cpp:1021 Pipeline handler in use by another process');
    }
    throw new ProgramError(`failed to acquire camera ${camera.id}`);
  }
  const file = settings.postProcessFile;
  if (file !== undefined && !existsSync(file)) {
    throw new ProgramError(`${file}: cannot open file`);
  }
}

/**
 * Configures the streams.
 *
 * @param width of the picture there is, in pixels: libcamera adjusts what was asked for to what it can do
 */
export function configureStreams(settings: Settings, width: number, height: number): void {
  const wanted = wantedMode(settings.mode, settings.width, settings.height, settings.framerate);
  const { lines, mode } = selectMode(wanted);
  if (settings.verbose > 0 && !settings.noRaw) {
    lines.forEach(logLine);
  }
  const { loresWidth, loresHeight } = settings;
  const hasLores = loresWidth > 0 && loresHeight > 0;
  if (hasLores && (loresWidth > settings.width || loresHeight > settings.height)) {
    throw new ProgramError('Low res image larger than video');
  }
  if (!['auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq'].includes(settings.denoise)) {
    throw new ProgramError(`Invalid denoise mode ${settings.denoise}`);
  }
  if (settings.verbose === 0) {
    return;
  }
  const colours = width >= 1280 || height >= 720 ? 'Rec709' : 'SMPTE170M';
  const streams = [`${width}x${height}-YUV420/${colours}`];
  if (!settings.noRaw) {
    streams.push(`${mode.width}x${mode.height}-SRGGB10_CSI2P/RAW`);
  }
  if (hasLores) {
    streams.push(`${loresWidth}x${loresHeight}-YUV420/${colours}`);
  }
  const listed = streams.map((stream, index) => `(${index}) ${stream}`).join(' ');
  logLine('Stream configuration adjusted');
  logLibcamera('main', 'INFO', `Camera camera.cpp:1216 configuring streams: ${listed}`);
}
