/**
 * The picture counter a machine can read: one row of black and white cells along the top edge.
 *
 * Geometry, for a picture of width W and height H: {@link CELLS} = 20 cells side by side over the whole width,
 * each W / 20 wide and H / 15 high (64 × 48 pixels at 1280 × 720), starting at the top left corner.
 *
 * | cell     | meaning                                                        |
 * |----------|----------------------------------------------------------------|
 * | 0        | white: tells a picture with a counter from a black one         |
 * | 1        | black: with cell 0 the two levels that the others are held to  |
 * | 2 … 17   | 16 bits of the counter, most significant first, white = 1      |
 * | 18       | parity: white if the number of ones among the bits is odd      |
 * | 19       | white                                                          |
 *
 * The counter is the picture's index within its clip, so it starts again at 0 every time the clip does.
 */

/** Cells in the row. */
export const CELLS = 20;

/** The row is 1 / ROW_SHARE of the picture's height. */
export const ROW_SHARE = 15;

/** Whether each cell of the row is white, left to right. */
export function counterCells(counter: number): boolean[] {
  const bits = Array.from({ length: 16 }, (_, bit) => ((counter >> (15 - bit)) & 1) === 1);
  const odd = bits.filter(Boolean).length % 2 === 1;
  return [true, false, ...bits, odd, true];
}

/**
 * Reads the counter from a picture, or gives null if the row is not there or damaged.
 *
 * Self-contained on purpose, and free of anything but plain JavaScript: a test can send `readCounter.toString()`
 * into a browser page and call it on what a canvas shows.
 *
 * @param pixels RGBA, 4 bytes a pixel, row by row, as `CanvasRenderingContext2D.getImageData` gives it
 * @param width in pixels
 * @param height in pixels
 */
export function readCounter(
  pixels: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
): number | null {
  const cells = 20;
  const cellWidth = width / cells;
  const cellHeight = height / 15;
  const levels: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    // The middle half of a cell only: its edges are blurred by compression and scaling.
    let sum = 0;
    let count = 0;
    for (let y = Math.floor(cellHeight * 0.25); y < Math.ceil(cellHeight * 0.75); y++) {
      for (let x = Math.floor(cellWidth * (cell + 0.25)); x < Math.ceil(cellWidth * (cell + 0.75)); x++) {
        sum += pixels[(y * width + x) * 4 + 1] ?? 0;
        count++;
      }
    }
    levels.push(sum / count);
  }
  const white = levels[0] ?? 0;
  const black = levels[1] ?? 0;
  if (white - black < 100) {
    return null;
  }
  const middle = (white + black) / 2;
  let counter = 0;
  let ones = 0;
  for (const level of levels.slice(2, 18)) {
    const one = level > middle ? 1 : 0;
    counter = counter * 2 + one;
    ones += one;
  }
  const parity = (levels[18] ?? 0) > middle ? 1 : 0;
  const end = (levels[19] ?? 0) > middle;
  return end && ones % 2 === parity ? counter : null;
}
