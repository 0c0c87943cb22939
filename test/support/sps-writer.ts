/**
 * A second, deliberately plain writer of sequence parameter sets (H.264, 7.3.2.1.1, E.1.1 and E.1.2): bits are a text
 * of zeros and ones. What the plugin writes is held against it.
 */
export interface Hrd {
  readonly scales: number;
  readonly buffers: readonly { readonly rate: number; readonly size: number; readonly cbr: number }[];
  /** The four lengths of five bits each. */
  readonly lengths: number;
}

export interface Restriction {
  readonly overBoundaries: number;
  readonly bytesPerPicture: number;
  readonly bitsPerMacroblock: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly reorderFrames: number;
  readonly buffering: number;
}

type Maybe<T> = T | undefined;

export interface Vui {
  readonly aspectRatio?: Maybe<number | { readonly width: number; readonly height: number }>;
  readonly overscan?: Maybe<number>;
  readonly signal?: Maybe<{
    readonly format: number;
    readonly fullRange: number;
    readonly colour?: Maybe<readonly number[]>;
  }>;
  readonly chromaLocation?: Maybe<readonly number[]>;
  readonly timing?: Maybe<{ readonly tick: number; readonly scale: number; readonly fixed: number }>;
  readonly nalHrd?: Maybe<Hrd>;
  readonly vclHrd?: Maybe<Hrd>;
  readonly lowDelay: number;
  readonly pictureStructure: number;
  readonly restriction?: Maybe<Restriction>;
}

export type PictureOrder =
  | { readonly type: 0; readonly log2MaxLsb: number }
  | {
      readonly type: 1;
      readonly deltaZero: number;
      readonly nonReference: number;
      readonly topToBottom: number;
      readonly cycle: readonly number[];
    }
  | { readonly type: 2 };

export interface SpsModel {
  readonly profile: number;
  readonly constraints: number;
  readonly level: number;
  readonly id: number;
  /** Only in the profiles that have it. */
  readonly chroma?: Maybe<{
    readonly format: number;
    readonly separatePlanes: number;
    readonly depths: readonly [number, number];
    readonly bypass: number;
    /** The delta_scale of each list; nothing for a list that is not present. */
    readonly lists?: Maybe<readonly Maybe<readonly number[]>[]>;
  }>;
  readonly log2FrameNumber: number;
  readonly order: PictureOrder;
  readonly referenceFrames: number;
  readonly gaps: number;
  readonly columns: number;
  readonly rows: number;
  readonly interlaced?: Maybe<{ readonly adaptive: number }>;
  readonly direct8x8: number;
  readonly crop?: Maybe<readonly number[]>;
  readonly vui?: Maybe<Vui>;
}

const u = (bits: number, value: number): string => value.toString(2).padStart(bits, '0');
const ue = (value: number): string => {
  const code = (value + 1).toString(2);
  return '0'.repeat(code.length - 1) + code;
};
const se = (value: number): string => ue(value > 0 ? 2 * value - 1 : -2 * value);
/** A flag, and what follows it if it is set. */
const optional = <T>(value: T | undefined, write: (value: T) => string): string =>
  value === undefined ? '0' : `1${write(value)}`;
const each = (values: readonly number[], write: (value: number) => string): string =>
  values.map(write).join('');

const hrdBits = ({ scales, buffers, lengths }: Hrd): string =>
  ue(buffers.length - 1) +
  u(8, scales) +
  buffers.map(({ rate, size, cbr }) => ue(rate) + ue(size) + u(1, cbr)).join('') +
  u(20, lengths);

const restrictionBits = (r: Restriction): string =>
  u(1, r.overBoundaries) +
  each([r.bytesPerPicture, r.bitsPerMacroblock, r.horizontal, r.vertical, r.reorderFrames, r.buffering], ue);

const vuiBits = (vui: Vui): string =>
  optional(vui.aspectRatio, (ratio) =>
    typeof ratio === 'number' ? u(8, ratio) : u(8, 255) + u(16, ratio.width) + u(16, ratio.height),
  ) +
  optional(vui.overscan, (appropriate) => u(1, appropriate)) +
  optional(
    vui.signal,
    ({ format, fullRange, colour }) =>
      u(3, format) + u(1, fullRange) + optional(colour, (values) => each(values, (value) => u(8, value))),
  ) +
  optional(vui.chromaLocation, (fields) => each(fields, ue)) +
  optional(vui.timing, ({ tick, scale, fixed }) => u(32, tick) + u(32, scale) + u(1, fixed)) +
  optional(vui.nalHrd, hrdBits) +
  optional(vui.vclHrd, hrdBits) +
  (vui.nalHrd || vui.vclHrd ? u(1, vui.lowDelay) : '') +
  u(1, vui.pictureStructure) +
  optional(vui.restriction, restrictionBits);

const orderBits = (order: PictureOrder): string => {
  if (order.type === 0) return ue(0) + ue(order.log2MaxLsb);
  if (order.type === 2) return ue(2);
  const { deltaZero, nonReference, topToBottom, cycle } = order;
  return ue(1) + u(1, deltaZero) + se(nonReference) + se(topToBottom) + ue(cycle.length) + each(cycle, se);
};

const chromaBits = (chroma: NonNullable<SpsModel['chroma']>): string =>
  ue(chroma.format) +
  (chroma.format === 3 ? u(1, chroma.separatePlanes) : '') +
  each(chroma.depths, ue) +
  u(1, chroma.bypass) +
  optional(chroma.lists, (lists) =>
    lists.map((list) => optional(list, (deltas) => each(deltas, se))).join(''),
  );

/** The NAL unit, with emulation prevention. */
export function writeSps(sps: SpsModel): Buffer {
  const bits =
    u(8, sps.profile) +
    u(8, sps.constraints) +
    u(8, sps.level) +
    ue(sps.id) +
    (sps.chroma ? chromaBits(sps.chroma) : '') +
    ue(sps.log2FrameNumber) +
    orderBits(sps.order) +
    ue(sps.referenceFrames) +
    u(1, sps.gaps) +
    ue(sps.columns - 1) +
    ue(sps.rows - 1) +
    (sps.interlaced ? `0${sps.interlaced.adaptive}` : '1') +
    u(1, sps.direct8x8) +
    optional(sps.crop, (edges) => each(edges, ue)) +
    optional(sps.vui, vuiBits) +
    '1';
  const rbsp = (bits.match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte.padEnd(8, '0'), 2));
  const hex = rbsp.map((byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
  // What matches is not looked at again, so an inserted 03 begins a new count of zeros, as it must.
  return Buffer.from(`67${hex.replace(/00 00 (?=0[0-3] )/g, '00 00 03 ')}`.replaceAll(' ', ''), 'hex');
}

/** What a rewritten SPS says, by the rules of H.264, E.2.1. */
export function inOrder(sps: SpsModel): SpsModel {
  const vui = sps.vui ?? { lowDelay: 0, pictureStructure: 0 };
  const inferred = {
    overBoundaries: 1,
    bytesPerPicture: 2,
    bitsPerMacroblock: 1,
    horizontal: 15,
    vertical: 15,
  };
  return {
    ...sps,
    vui: {
      ...vui,
      restriction: {
        ...(vui.restriction ?? inferred),
        reorderFrames: 0,
        buffering: sps.referenceFrames,
      },
    },
  };
}

/** The SPS of the shipped clip of a Pi 4: High, level 4.0, 1280x720; its restriction may be another one. */
export const vc4Sps = (
  restriction: Restriction | undefined,
  order: PictureOrder = { type: 2 },
): SpsModel => ({
  profile: 100,
  constraints: 0,
  level: 40,
  id: 0,
  chroma: { format: 1, separatePlanes: 0, depths: [0, 0], bypass: 0 },
  log2FrameNumber: 0,
  order,
  referenceFrames: 1,
  gaps: 0,
  columns: 80,
  rows: 45,
  direct8x8: 1,
  vui: {
    signal: { format: 5, fullRange: 0, colour: [1, 1, 1] },
    timing: { tick: 1, scale: 60, fixed: 1 },
    lowDelay: 0,
    pictureStructure: 0,
    restriction,
  },
});

/** The restriction of that SPS. */
export const vc4Restriction: Restriction = {
  overBoundaries: 1,
  bytesPerPicture: 0,
  bitsPerMacroblock: 0,
  horizontal: 11,
  vertical: 11,
  reorderFrames: 0,
  buffering: 1,
};
