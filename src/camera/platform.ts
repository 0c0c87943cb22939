import { readdirSync, readFileSync } from 'node:fs';

/**
 * Which encoder the camera program uses: `vc4` the hardware encoder of a Pi 0 to 4, `pisp` libx264 on a Pi 5.
 * `legacy` is the old camera stack, with which the program refuses to run. With `none` of these devices the program
 * takes its libav path, as on a Pi 5.
 */
export type CameraPlatform = 'vc4' | 'pisp' | 'legacy' | 'none';

/**
 * Tells the platform from the names of the video devices, as the program itself does from their drivers
 * (rpicam-apps options.cpp, get_platform).
 */
export function platformOf(deviceNames: readonly string[]): CameraPlatform {
  const has = (prefix: string): boolean => deviceNames.some((name) => name.startsWith(prefix));
  if (has('bcm2835-isp')) return 'vc4';
  if (has('pispbe')) return 'pisp';
  if (has('mmal service')) return 'legacy';
  return 'none';
}

/** @param directory one folder for each video device, with its name in a file `name` (sysfs) */
export function readDeviceNames(directory: string): string[] {
  try {
    return readdirSync(directory).flatMap((device) => {
      try {
        return [readFileSync(`${directory}/${device}/name`, 'utf8').trim()];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
