import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSps } from '../../src/video/sps.js';
import { withoutReordering } from '../../src/video/sps-rewrite.js';
import { annexB, runFfmpeg, traceSps } from '../support/ffmpeg.js';
import { clip, recording } from '../support/fixtures.js';
import { splitAccessUnits, splitNals } from '../support/plain-h264.js';
import { anySps } from '../support/sps-arbitrary.js';
import { inOrder, vc4Restriction, vc4Sps, writeSps } from '../support/sps-writer.js';

const spsIn = (stream: Buffer): Buffer => splitNals(stream).find(({ type }) => type === 7)?.bytes ?? stream;
const vc4Clip = clip('vc4-720p30.h264');
const idr = (splitAccessUnits(vc4Clip)[0] ?? []).map(({ bytes }) => bytes);
/** Profiles of multiview and depth (annexes I and J) whose SPS ffmpeg's trace_headers takes for a Baseline one. */
const unknownToFfmpeg = [134, 135, 139];
const presenceFlags = /^(vui_parameters_present_flag|bitstream_restriction_flag) = [01]$/;
const trailing = /^rbsp_(stop_one|alignment_zero)_bit = /;
/** The flags of a VUI that says nothing. */
const emptyVui = [
  'aspect_ratio_info_present_flag',
  'overscan_info_present_flag',
  'video_signal_type_present_flag',
  'chroma_loc_info_present_flag',
  'timing_info_present_flag',
  'nal_hrd_parameters_present_flag',
  'vcl_hrd_parameters_present_flag',
  'pic_struct_present_flag',
].map((name) => `${name} = 0`);

/** What ffmpeg must read in the rewritten SPS, by what it read in the original one. */
function expectedTrace(fields: readonly string[]): string[] {
  const value = (name: string): string | undefined =>
    fields.find((field) => field.startsWith(`${name} = `))?.slice(name.length + 3);
  const kept = fields.filter(
    (field) => !presenceFlags.test(field) && !trailing.test(field) && !/^max_(num_reorder|dec_)/.test(field),
  );
  const restriction = fields.includes('bitstream_restriction_flag = 1')
    ? kept.splice(-5)
    : [
        'motion_vectors_over_pic_boundaries_flag = 1',
        'max_bytes_per_pic_denom = 2',
        'max_bits_per_mb_denom = 1',
        'log2_max_mv_length_horizontal = 15',
        'log2_max_mv_length_vertical = 15',
      ];
  const vui = fields.includes('vui_parameters_present_flag = 1') ? [] : emptyVui;
  return [
    ...kept,
    ...vui,
    ...restriction,
    'max_num_reorder_frames = 0',
    `max_dec_frame_buffering = ${value('max_num_ref_frames') ?? 'unknown'}`,
  ];
}

/** The fields of a rewritten SPS, without the flags that must be set: these are looked at here. */
function rewrittenTrace(fields: readonly string[]): string[] {
  expect(fields).toContain('vui_parameters_present_flag = 1');
  expect(fields).toContain('bitstream_restriction_flag = 1');
  return fields.filter((field) => !presenceFlags.test(field) && !trailing.test(field));
}

/** Holds ffmpeg's reading of the rewritten ones against its reading of the originals. */
function compareTraces(originals: readonly Buffer[]): void {
  const before = traceSps(originals, idr);
  const after = traceSps(originals.map(withoutReordering), idr);
  expect(before).toHaveLength(originals.length);
  expect(after.map(rewrittenTrace)).toEqual(before.map(expectedTrace));
}

describe('a parameter set that allows reordering, or does not forbid it,', () => {
  test('forbids it afterwards, and is otherwise the same', () => {
    fc.assert(
      fc.property(anySps, (model) => {
        const original = writeSps(model);
        const rewritten = withoutReordering(original);
        expect(rewritten.toString('hex')).toBe(writeSps(inOrder(model)).toString('hex'));
        expect(parseSps(rewritten)).toEqual(parseSps(original));
        expect(parseSps(original)).toBeDefined();
        expect(withoutReordering(rewritten)).toBe(rewritten);
      }),
      { numRuns: 1000 },
    );
  });

  test('is read by ffmpeg as before, up to the restriction', () => {
    const known = anySps.filter(({ profile }) => !unknownToFfmpeg.includes(profile));
    compareTraces(fc.sample(known, 400).map(writeSps));
  });

  test.each([
    ['no VUI', { ...vc4Sps(undefined), vui: undefined }],
    ['no restriction', vc4Sps(undefined)],
    ['a restriction with reordering', vc4Sps({ ...vc4Restriction, reorderFrames: 2, buffering: 4 })],
    ['more buffers than references', vc4Sps({ ...vc4Restriction, buffering: 4 })],
    ['no reference frames', { ...vc4Sps(undefined), referenceFrames: 0 }],
  ])('such as one with %s', (_, model) => {
    const original = writeSps(model);
    const kept = Buffer.from(original);
    expect(withoutReordering(original)).toEqual(writeSps(inOrder(model)));
    expect(withoutReordering(original)).not.toBe(original);
    expect(original).toEqual(kept);
  });
});

describe('the same buffer comes back', () => {
  test.each([
    ['vc4-720p30.h264', clip],
    ['pisp-low-latency-720p30.h264', clip],
    ['vc4-720p30-intra30.h264', recording],
    ['pisp-720p30-low-latency.h264', recording],
  ])('for %s, which forbids reordering', (name, read) => {
    const sps = spsIn(read(name));
    expect(withoutReordering(sps)).toBe(sps);
  });

  test('for what is cut short, goes on behind its end, or is no SPS', () => {
    const sps = writeSps(vc4Sps(undefined));
    for (let length = 0; length < sps.length; length += 1) {
      const cut = sps.subarray(0, length);
      expect(withoutReordering(cut)).toBe(cut);
    }
    const tail = Buffer.concat([sps, Buffer.from([0x80])]);
    const tailInByte = Buffer.from(sps);
    tailInByte.writeUInt8(sps.readUInt8(sps.length - 1) | 1, sps.length - 1);
    expect(tailInByte).not.toEqual(sps);
    const pps = Buffer.concat([Buffer.from([0x68]), sps.subarray(1)]);
    const impossible = writeSps({ ...vc4Sps(undefined), referenceFrames: 17 });
    for (const bytes of [tail, tailInByte, pps, impossible]) expect(withoutReordering(bytes)).toBe(bytes);
  });

  test('or another one, but never an error, for arbitrary bytes', () => {
    const valid = anySps.map((model) => writeSps(model));
    const damaged = fc.tuple(valid, fc.nat(), fc.nat({ max: 7 })).map(([bytes, at, bit]) => {
      const index = at % bytes.length;
      bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
      return bytes;
    });
    const arbitrary = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from([0x67, ...bytes]));
    fc.assert(
      fc.property(fc.oneof(arbitrary, damaged), (bytes) => {
        const once = withoutReordering(bytes);
        expect(withoutReordering(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });
});

test('parameter sets of x264 in many modes are read by ffmpeg as before, up to the restriction', () => {
  const modes: readonly (readonly [size: string, format: string, ...args: string[]])[] = [
    ['320x180', 'yuv420p', '-profile:v', 'baseline'],
    ['320x240', 'yuv420p', '-profile:v', 'main', '-bf', '3'],
    ['322x182', 'yuv420p', '-profile:v', 'high', '-x264-params', 'cqm=jvt:b-pyramid=normal:ref=4'],
    ['320x240', 'yuv420p', '-flags', '+ildct+ilme', '-x264-params', 'tff=1:nal-hrd=vbr', '-maxrate', '1M'],
    ['320x240', 'yuv420p10', '-profile:v', 'high10', '-g', '1'],
    ['320x240', 'yuv420p10', '-profile:v', 'high10', '-aspect', '16:9'],
    ['318x238', 'yuv422p', '-profile:v', 'high422', '-colorspace', 'bt709', '-color_range', 'pc'],
    [
      '320x240',
      'yuv444p',
      '-profile:v',
      'high444',
      '-x264-params',
      'cqm=jvt',
      '-chroma_sample_location',
      '2',
    ],
    ['320x240', 'yuv444p', '-profile:v', 'high444', '-qp', '0', '-color_primaries', 'bt470bg'],
    ['320x240', 'gray', '-profile:v', 'high', '-r', '30000/1001'],
    ['640x360', 'yuv420p', '-x264-params', 'nal-hrd=cbr:pic-struct=1', '-b:v', '1M', '-minrate', '1M'],
    ['640x360', 'yuv420p', '-bf', '2', '-x264-params', 'overscan=show:videoformat=pal:sar=255/254'],
  ];
  const spss = modes.map(([size, format, ...args]) => {
    const source = ['-f', 'lavfi', '-i', `testsrc=s=${size}:r=25`, '-frames:v', '2', '-pix_fmt', format];
    const rate = args.includes('-minrate') ? ['-maxrate', '1M', '-bufsize', '1M'] : ['-bufsize', '1M'];
    const { stdout } = runFfmpeg('ffmpeg', [
      ...source,
      ...['-c:v', 'libx264', '-threads', '1', ...rate, ...args, '-f', 'h264', 'pipe:1'],
    ]);
    return spsIn(stdout);
  });
  expect(new Set(spss.map((sps) => sps.toString('hex'))).size).toBe(modes.length);
  expect(spss.filter((sps) => withoutReordering(sps) !== sps).length).toBeGreaterThan(4);
  compareTraces(spss);
});

describe('a stream whose parameter set was rewritten', () => {
  const allowing = writeSps(vc4Sps({ ...vc4Restriction, reorderFrames: 2, buffering: 4 }));
  const silent = writeSps(vc4Sps(undefined));
  const streamWith = (sps: Buffer): Buffer =>
    annexB(
      splitAccessUnits(vc4Clip)
        .slice(0, 40)
        .flat()
        .map((nal) => (nal.type === 7 ? sps : nal.bytes)),
    );
  const delay = (stream: Buffer): string => {
    const args = ['-v', 'error', '-f', 'h264', '-i', 'pipe:0', '-show_entries', 'stream=has_b_frames'];
    return runFfmpeg('ffprobe', [...args, '-of', 'csv=p=0'], stream)
      .stdout.toString()
      .trim();
  };
  const pictures = (stream: Buffer): string => {
    const args = ['-v', 'error', '-strict', 'experimental', '-f', 'h264', '-i', 'pipe:0'];
    const { stdout, stderr } = runFfmpeg('ffmpeg', [...args, '-f', 'framemd5', 'pipe:1'], stream);
    expect(stderr).toBe('');
    return stdout.toString();
  };

  test('is the one of the clip', () => {
    expect(writeSps(vc4Sps(vc4Restriction))).toEqual(spsIn(vc4Clip));
    expect(withoutReordering(allowing)).toEqual(spsIn(vc4Clip));
  });

  test('makes ffmpeg hold no picture', () => {
    expect(delay(streamWith(allowing))).toBe('2');
    expect(delay(streamWith(withoutReordering(allowing)))).toBe('0');
    expect(delay(streamWith(withoutReordering(silent)))).toBe('0');
  });

  test.each([
    ['allowed reordering', allowing],
    ['was silent', silent],
  ])('shows the same pictures where the original %s', (_, original) => {
    const before = pictures(streamWith(original));
    expect(before.split('\n').filter((line) => line.startsWith('0,')).length).toBe(40);
    expect(pictures(streamWith(withoutReordering(original)))).toBe(before);
  });
});
