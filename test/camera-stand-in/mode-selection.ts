import { SENSOR_BITS, SENSOR_MODES } from './cameras.js';
import type { SensorMode } from './cameras.js';

/** What a sensor mode is looked for. */
export interface WantedMode {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** Pictures per second if asked for. */
  readonly framerate: number | undefined;
}

/** The mode that `--mode` asks for, or the one that the size of the picture does. */
export function wantedMode(
  mode: string | undefined,
  width: number,
  height: number,
  framerate: number | undefined,
): WantedMode {
  const [modeWidth, modeHeight, bits] = (mode ?? '').split(':').map(Number);
  if (modeWidth === undefined || modeHeight === undefined || modeWidth === 0) {
    return { width, height, bits: 12, framerate };
  }
  return { width: modeWidth, height: modeHeight, bits: bits ?? 12, framerate };
}

/** The lines of the selection, and the mode with the lowest score: the program's own arithmetic. */
export function selectMode(wanted: WantedMode): { readonly lines: string[]; readonly mode: SensorMode } {
  const rate = wanted.framerate === undefined ? '' : `(${printNumber(wanted.framerate)})`;
  const lines = [`Mode selection for ${wanted.width}:${wanted.height}:${wanted.bits}:P${rate}`];
  const scored = SENSOR_MODES.map((mode) => ({ mode, score: score(wanted, mode) }));
  for (const { mode, score: points } of scored) {
    // Without a wanted rate the program does not find out what the modes can do.
    const reached = wanted.framerate === undefined ? 0 : mode.framerate;
    lines.push(
      `    SRGGB10_CSI2P,${mode.width}x${mode.height}/${printNumber(reached)} - Score: ${printNumber(points)}`,
    );
  }
  const best = scored.reduce((a, b) => (b.score < a.score ? b : a));
  return { lines, mode: best.mode };
}

function score(wanted: WantedMode, mode: SensorMode): number {
  let points = distance(wanted.width, mode.width) + distance(wanted.height, mode.height);
  points += 1500 * distance(wanted.width / wanted.height, mode.width / mode.height);
  points += 500 * Math.abs(wanted.bits - SENSOR_BITS);
  if (wanted.framerate !== undefined) {
    points += 2000 * Math.max(0, wanted.framerate - mode.framerate);
  }
  return points;
}

function distance(wanted: number, actual: number): number {
  const missing = wanted - actual;
  return 2 * (missing < 0 ? -missing / 8 : missing);
}

/** A number as a C++ stream prints it: six significant digits, no trailing zeros. */
function printNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
