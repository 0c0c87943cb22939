import fc from 'fast-check';
import type { PictureOrder, Restriction, SpsModel, Vui } from './sps-writer.js';

/** Values that fast-check finds rarely by itself, and that bring zeros and so emulation prevention, are in front. */
const long = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 256, 65_535, max).filter((value) => value <= max),
    fc.nat({ max }),
  );
const bit = fc.nat({ max: 1 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const upTo = (max: number): fc.Arbitrary<number> => fc.nat({ max });
const signed = fc.oneof(
  fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31) + 1),
  fc.integer({ min: -1000, max: 1000 }),
);

const hrd = fc.record({
  scales: upTo(255),
  buffers: fc.array(fc.record({ rate: long(2 ** 32 - 2), size: long(2 ** 32 - 2), cbr: bit }), {
    minLength: 1,
    maxLength: 32,
  }),
  lengths: long(2 ** 20 - 1),
});

const restriction: fc.Arbitrary<Restriction> = fc.record({
  overBoundaries: bit,
  bytesPerPicture: upTo(16),
  bitsPerMacroblock: upTo(16),
  horizontal: upTo(15),
  vertical: upTo(15),
  reorderFrames: fc.oneof(fc.constant(0), upTo(16)),
  buffering: upTo(16),
});

const vui: fc.Arbitrary<Vui> = fc.record({
  aspectRatio: maybe(fc.oneof(upTo(254), fc.record({ width: long(2 ** 16 - 1), height: long(2 ** 16 - 1) }))),
  overscan: maybe(bit),
  signal: maybe(
    fc.record({
      format: upTo(7),
      fullRange: bit,
      colour: maybe(fc.array(upTo(255), { minLength: 3, maxLength: 3 })),
    }),
  ),
  chromaLocation: maybe(fc.array(upTo(5), { minLength: 2, maxLength: 2 })),
  timing: maybe(
    fc.record({
      tick: long(2 ** 32 - 1).map((value) => Math.max(1, value)),
      scale: long(2 ** 32 - 1).map((value) => Math.max(1, value)),
      fixed: bit,
    }),
  ),
  nalHrd: maybe(hrd),
  vclHrd: maybe(hrd),
  lowDelay: bit,
  pictureStructure: bit,
  restriction: maybe(restriction),
});

const order: fc.Arbitrary<PictureOrder> = fc.oneof(
  fc.record({ type: fc.constant<0>(0), log2MaxLsb: upTo(12) }),
  fc.record({
    type: fc.constant<1>(1),
    deltaZero: bit,
    nonReference: signed,
    topToBottom: signed,
    cycle: fc.array(signed, { maxLength: 255, size: 'medium' }),
  }),
  fc.record({ type: fc.constant<2>(2) }),
);

/** The delta_scale that lead from one scale to the next; a scale of 0 ends a list, as the first one asks for the default. */
function deltasOf(scales: readonly number[]): number[] {
  const deltas: number[] = [];
  let last = 8;
  for (const scale of scales) {
    const delta = (scale - last + 256) % 256;
    deltas.push(delta > 127 ? delta - 256 : delta);
    if (scale === 0) break;
    last = scale;
  }
  return deltas;
}

const list = (size: number): fc.Arbitrary<number[] | undefined> =>
  maybe(fc.array(upTo(255), { minLength: size, maxLength: size }).map(deltasOf));

const lists = (count: number): fc.Arbitrary<(number[] | undefined)[]> =>
  fc.tuple(...Array.from({ length: count }, (_, i) => list(i < 6 ? 16 : 64)));

const chroma = fc.nat({ max: 3 }).chain((format) =>
  fc.record({
    format: fc.constant(format),
    separatePlanes: format === 3 ? bit : fc.constant(0),
    depths: fc.tuple(upTo(6), upTo(6)),
    bypass: bit,
    lists: maybe(lists(format === 3 ? 12 : 8)),
  }),
);

const plainProfiles = [66, 77, 88];
const highProfiles = [100, 110, 122, 244, 44, 83, 86, 118, 128, 134, 135, 138, 139];

/** Every valid sequence parameter set; sizes are those that the plugin takes for possible. */
export const anySps: fc.Arbitrary<SpsModel> = fc
  .constantFrom(...plainProfiles, ...highProfiles)
  .chain((profile) =>
    fc.record({
      profile: fc.constant(profile),
      // The last two bits are reserved.
      constraints: upTo(63).map((flags) => flags << 2),
      level: upTo(255),
      id: upTo(31),
      chroma: highProfiles.includes(profile) ? chroma : fc.constant(undefined),
      log2FrameNumber: upTo(12),
      order,
      referenceFrames: upTo(16),
      gaps: bit,
      columns: fc.integer({ min: 16, max: 1024 }),
      rows: fc.integer({ min: 16, max: 512 }),
      interlaced: maybe(fc.record({ adaptive: bit })),
      direct8x8: bit,
      crop: maybe(fc.array(upTo(20), { minLength: 4, maxLength: 4 })),
      vui: maybe(vui),
    }),
  );
