/** What `--version` says. */
export interface ProgramVersion {
  /** For example `v1.12.0`; nothing before 1.5.2, which did not say. */
  readonly version: string | undefined;
  /** Short hash and day of the build, like `49344f2a8d18 17-06-2024`: all that older programs say of themselves. */
  readonly build: string | undefined;
  /** Version of libcamera. */
  readonly libcamera: string | undefined;
  /** Whether it can encode without the hardware encoder; nothing when it does not say (before 1.5.3). */
  readonly libav: boolean | undefined;
}

/** Reads `--version` in all its forms (rpicam-apps utils/version.py); the word "capabilites" is spelt so by the program. */
export function parseVersion(text: string): ProgramVersion {
  const [, version, build] =
    /(?:rpicam|libcamera)-apps build:[ \t]{1,20}(?:(v\d{1,4}\.\d{1,4}\.\d{1,4})\b)?[ \t]{0,20}(.{0,80})/.exec(
      text,
    ) ?? [];
  const [hash] = /^[0-9a-f]{7,40}\b/.exec(build ?? '') ?? [];
  const [day] = /\b\d{2}-\d{2}-\d{4}\b/.exec(build ?? '') ?? [];
  const libcamera = /libcamera build:[ \t]{1,20}(v\S{1,60})/.exec(text)?.[1];
  const libav = /capabilit(?:i)?es:[^\n]{0,200}\blibav:([01])/.exec(text)?.[1];
  return {
    version,
    build: [hash, day].filter((part) => part !== undefined).join(' ') || undefined,
    libcamera,
    libav: libav === undefined ? undefined : libav === '1',
  };
}

/** Said with any command by a program that may not open the devices (rpicam-apps dma_heaps.cpp). */
export function lacksDeviceAccess(text: string): boolean {
  return text.includes('Could not open any dmaHeap device');
}

/** A line of `--list-cameras`: index, sensor and libcamera's id (options.cpp). */
export interface ListedCamera {
  readonly index: number;
  readonly sensor: string;
  readonly id: string;
}

/** No Pi has more connectors, with multiplexers. */
const maxCameras = 64;

/** Reads `--list-cameras`. The ids never change for a given wiring; the numbers do when a camera is added. */
export function parseCameraList(text: string): ListedCamera[] {
  const cameras: ListedCamera[] = [];
  for (const line of text.split('\n')) {
    const [, index, sensor, id] = /^(\d{1,2}) : (\S{1,64}) .{0,300}\((\/[^)]{1,300})\)\s*$/.exec(line) ?? [];
    if (index === undefined || sensor === undefined || id === undefined) continue;
    cameras.push({ index: Number(index), sensor, id });
    if (cameras.length === maxCameras) break;
  }
  return cameras;
}

/** One line for people: `0: imx708 (/base/…/imx708@1a), 1: …`. */
export function describeCameras(cameras: readonly ListedCamera[]): string {
  return cameras.map(({ index, sensor, id }) => `${index}: ${sensor} (${id})`).join(', ') || 'none';
}
