/** Where the cameras are connected, in the order of `--list-cameras`: by id, backwards. */
const CAMERAS = [
  { model: 'imx219', id: '/base/axi/pcie@1000120000/rp1/i2c@88000/imx219@10' },
  { model: 'ov5647', id: '/base/axi/pcie@1000120000/rp1/i2c@80000/ov5647@36' },
  { model: 'imx708', id: '/base/axi/pcie@1000120000/rp1/i2c@78000/imx708@1a' },
  { model: 'imx477', id: '/base/axi/pcie@1000120000/rp1/i2c@70000/imx477@1a' },
] as const;

/** One connected camera. */
export type Camera = (typeof CAMERAS)[number];

/** The first `count` cameras. */
export function connectedCameras(count: number): readonly Camera[] {
  return CAMERAS.slice(0, count);
}

/** A mode of the sensor: every camera here has those of libcamera's virtual one. */
export interface SensorMode {
  readonly width: number;
  readonly height: number;
  /** Pictures per second, at most. */
  readonly framerate: number;
}

/** The modes in the order of the listing. */
export const SENSOR_MODES: readonly SensorMode[] = [
  { width: 640, height: 480, framerate: 1e6 / 9708 },
  { width: 1640, height: 1232, framerate: 1e6 / 24390 },
  { width: 1920, height: 1080, framerate: 1e6 / 21276 },
  { width: 3280, height: 2464, framerate: 21 },
];

/** Bits per pixel of every mode. */
export const SENSOR_BITS = 10;

/** What every mode is said to do, in pictures per second, when the camera could not be acquired to try it. */
const UNTRIED_FRAMERATE = 30;

/**
 * What `--list-cameras` prints.
 *
 * @param busy those of the cameras that another process has
 */
export function listCameras(cameras: readonly Camera[], busy: ReadonlySet<Camera> = new Set()): string {
  if (cameras.length === 0) {
    return 'No cameras available!\n';
  }
  const blocks = cameras.map((camera, index) => {
    const modes = SENSOR_MODES.map(({ width, height, framerate }) => {
      const rate = busy.has(camera) ? UNTRIED_FRAMERATE : framerate;
      return `${width}x${height} [${rate.toFixed(2)} fps - (0, 0)/3280x2464 crop]`;
    });
    return (
      `${index} : ${camera.model} [3280x2464 10-bit RGGB] (${camera.id})\n` +
      `    Modes: 'SRGGB10_CSI2P' : ${modes.join(`\n${' '.repeat(29)}`)}\n`
    );
  });
  return `Available cameras\n-----------------\n${blocks.join('\n')}\n`;
}
