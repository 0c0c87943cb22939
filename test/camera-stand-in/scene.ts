import { counterCells, ROW_SHARE, CELLS } from './counter.js';
import { glyph, GLYPH_HEIGHT, GLYPH_WIDTH } from './glyphs.js';

/** One picture in planar YUV 4:2:0, limited range, as ffmpeg's `rawvideo` takes it. */
export type Planes = Buffer;

interface Colour {
  readonly y: number;
  readonly u: number;
  readonly v: number;
}

/** BT.709, limited range: what the program asks the camera for at 720p and above. */
function colour(red: number, green: number, blue: number): Colour {
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return {
    y: 16 + (luma * 219) / 255,
    u: 128 + (((blue - luma) / 1.8556) * 224) / 255,
    v: 128 + (((red - luma) / 1.5748) * 224) / 255,
  };
}

const WHITE = colour(255, 255, 255);
const BLACK = colour(0, 0, 0);
const INK = colour(24, 38, 58);
const PAPER = colour(250, 246, 236);
const ACCENT = colour(226, 96, 64);
const SUN = colour(252, 214, 120);
const SKY_TOP = colour(58, 104, 168);
const SKY_BOTTOM = colour(246, 196, 160);
const HILL_FAR = colour(94, 112, 150);
const HILL_NEAR = colour(46, 66, 84);
const WATER = colour(70, 108, 146);

/** Draws the pictures of one clip: a calm landscape, a clock whose hand turns once per clip, a floating disc, the counter. */
export class Scene {
  private readonly chromaWidth: number;
  private readonly clock: { readonly x: number; readonly y: number; readonly radius: number };
  private readonly background: Buffer;

  /**
   * @param width in pixels, even
   * @param height in pixels, even
   * @param count pictures in the clip: everything moves with a period of the whole clip, so that its end fits its start
   */
  public constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly count: number,
  ) {
    this.chromaWidth = width / 2;
    this.clock = { x: width * 0.24, y: height * 0.46, radius: height * 0.25 };
    this.background = this.paintBackground();
  }

  /** The picture with this index: the same every time. */
  public picture(index: number): Planes {
    const planes = Buffer.from(this.background);
    const phase = index / this.count;
    this.paintWater(planes, phase);
    this.paintSun(planes, phase);
    this.paintHand(planes, phase);
    this.paintNumber(planes, index);
    this.paintCounter(planes, index);
    return planes;
  }

  /** Mixes a colour into the pixels of a box, as much as `cover` (0 … 1) says for each. */
  private blend(
    planes: Buffer,
    box: readonly [left: number, top: number, right: number, bottom: number],
    paint: Colour,
    cover: (x: number, y: number) => number,
  ): void {
    const left = Math.max(0, Math.floor(box[0] / 2) * 2);
    const top = Math.max(0, Math.floor(box[1] / 2) * 2);
    const right = Math.min(this.width, Math.ceil(box[2] / 2) * 2);
    const bottom = Math.min(this.height, Math.ceil(box[3] / 2) * 2);
    const uPlane = this.width * this.height;
    const vPlane = uPlane / 4;
    for (let y = top; y < bottom; y += 2) {
      for (let x = left; x < right; x += 2) {
        let total = 0;
        for (const [dx, dy] of QUAD) {
          const share = Math.min(1, Math.max(0, cover(x + dx + 0.5, y + dy + 0.5)));
          if (share > 0) {
            const at = (y + dy) * this.width + x + dx;
            planes[at] = mix(planes[at] ?? 0, paint.y, share);
            total += share / 4;
          }
        }
        if (total > 0) {
          const at = uPlane + (y / 2) * this.chromaWidth + x / 2;
          planes[at] = mix(planes[at] ?? 0, paint.u, total);
          planes[at + vPlane] = mix(planes[at + vPlane] ?? 0, paint.v, total);
        }
      }
    }
  }

  private paintBackground(): Buffer {
    const { width, height } = this;
    const planes = Buffer.alloc((width * height * 3) / 2, 128);
    const everything = [0, 0, width, height] as const;
    this.blend(planes, everything, SKY_TOP, () => 1);
    this.blend(planes, everything, SKY_BOTTOM, (_, y) => y / (height * 0.66));
    const far = (x: number): number =>
      height * (0.56 + 0.05 * Math.sin((x / width) * 7) + 0.025 * Math.sin((x / width) * 19 + 1));
    const near = (x: number): number =>
      height * (0.63 + 0.035 * Math.sin((x / width) * 5 + 2) + 0.012 * Math.sin((x / width) * 31));
    // The grain gives the intra pictures the size of real ones; it stands still, so the others stay small.
    this.blend(planes, everything, HILL_FAR, (x, y) => y - far(x));
    this.blend(planes, everything, HILL_NEAR, (x, y) => y - near(x));
    this.blend(planes, everything, HILL_FAR, (x, y) => (y > near(x) ? 0.28 * grain(x, y) : 0));
    this.blend(planes, everything, WATER, (_, y) => y - height * 0.74);
    this.paintClockFace(planes);
    return planes;
  }

  /** Slow streaks of light on the water: every picture differs in many places, as a camera's does. */
  private paintWater(planes: Buffer, phase: number): void {
    const { width, height } = this;
    for (let line = 0; line < 9; line++) {
      const y = height * (0.77 + line * 0.025);
      const drift = Math.sin(2 * Math.PI * (phase + line / 9));
      const centre = width * (0.5 + 0.32 * drift * (line % 2 === 0 ? 1 : -1));
      const reach = width * (0.1 + 0.012 * line);
      const half = height * 0.004;
      this.blend(planes, [centre - reach, y - half * 2, centre + reach, y + half * 2], SUN, (px, py) => {
        const along = 1 - ((px - centre) / reach) ** 2;
        return 0.5 * along * (1 - Math.abs(py - y) / (half * 2));
      });
    }
  }

  private paintSun(planes: Buffer, phase: number): void {
    const { width, height } = this;
    const angle = 2 * Math.PI * phase;
    const x = width * (0.68 + 0.2 * Math.cos(angle));
    const y = height * (0.3 + 0.1 * Math.sin(angle));
    this.disc(planes, x, y, height * 0.075, SUN);
  }

  private disc(planes: Buffer, x: number, y: number, radius: number, paint: Colour): void {
    this.blend(
      planes,
      [x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1],
      paint,
      (px, py) => radius - Math.hypot(px - x, py - y) + 0.5,
    );
  }

  private paintClockFace(planes: Buffer): void {
    const { x, y, radius } = this.clock;
    this.disc(planes, x, y, radius, INK);
    this.disc(planes, x, y, radius * 0.94, PAPER);
    for (let mark = 0; mark < 12; mark++) {
      this.ray(planes, (Math.PI * mark) / 6, radius * 0.8, radius * 0.9, radius * 0.02, INK);
    }
  }

  private paintHand(planes: Buffer, phase: number): void {
    const { x, y, radius } = this.clock;
    this.ray(planes, 2 * Math.PI * phase, -radius * 0.12, radius * 0.78, radius * 0.03, ACCENT);
    this.disc(planes, x, y, radius * 0.06, ACCENT);
  }

  /** A line on the clock, from and to a distance off its centre; the angle is clockwise from twelve, in radians. */
  private ray(planes: Buffer, angle: number, from: number, to: number, half: number, paint: Colour): void {
    const { x, y } = this.clock;
    const sin = Math.sin(angle);
    const cos = Math.cos(angle);
    const ends = [from, to].map((distance) => [x + distance * sin, y - distance * cos] as const);
    const xs = ends.map(([endX]) => endX);
    const ys = ends.map(([, endY]) => endY);
    const box = [
      Math.min(...xs) - half - 1,
      Math.min(...ys) - half - 1,
      Math.max(...xs) + half + 1,
      Math.max(...ys) + half + 1,
    ] as const;
    this.blend(planes, box, paint, (px, py) => {
      const along = (px - x) * sin - (py - y) * cos;
      const across = (px - x) * cos + (py - y) * sin;
      return Math.min(half - Math.abs(across), along - from, to - along) + 0.5;
    });
  }

  /** The index in decimal digits, for a person. */
  private paintNumber(planes: Buffer, index: number): void {
    const text = String(index).padStart(4, '0');
    const dot = this.height / 60;
    const left = this.width * 0.94 - text.length * (GLYPH_WIDTH + 1) * dot;
    const top = this.height * 0.8;
    for (let place = 0; place < text.length; place++) {
      const rows = glyph(text.charAt(place));
      const x = left + place * (GLYPH_WIDTH + 1) * dot;
      this.blend(planes, [x, top, x + GLYPH_WIDTH * dot, top + GLYPH_HEIGHT * dot], WHITE, (px, py) => {
        const row = rows[Math.floor((py - top) / dot)];
        return row?.[Math.floor((px - x) / dot)] === '#' ? 1 : 0;
      });
    }
  }

  private paintCounter(planes: Buffer, index: number): void {
    const cell = this.width / CELLS;
    for (const [place, white] of counterCells(index).entries()) {
      const box = [place * cell, 0, (place + 1) * cell, this.height / ROW_SHARE] as const;
      this.blend(planes, box, white ? WHITE : BLACK, () => 1);
    }
  }
}

/** The four luma pixels that share one chroma pixel. */
const QUAD = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

function mix(under: number, over: number, share: number): number {
  return Math.round(under + (over - under) * share);
}

/** A fixed pattern between 0 and 1, about 4 pixels coarse. */
function grain(x: number, y: number): number {
  const value = Math.sin(Math.floor(x / 4) * 12.9898 + Math.floor(y / 4) * 78.233) * 43758.5453;
  return value - Math.floor(value);
}
