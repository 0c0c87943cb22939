import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fragment } from '../../src/mp4/fragment.js';
import { initSegment } from '../../src/mp4/init-segment.js';
import { Mp4Timeline } from '../../src/mp4/mp4-timeline.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { clipFile, clipUnits } from '../support/clip-units.js';
import { fingerprint, type PlainNal, splitNals } from '../support/plain-h264.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** An ffmpeg that hangs ends the test instead. */
const timeout = 20_000;
const folder = temporaryFolder();

interface Packet {
  readonly pts: number;
  readonly dts: number;
  readonly duration: number;
  readonly flags: string;
}

function packets(file: string): readonly Packet[] {
  const args = ['-v', 'error', '-show_entries', 'packet=pts,dts,duration,flags', '-of', 'json', file];
  const read = JSON.parse(execFileSync('ffprobe', args, { timeout, encoding: 'utf8' })) as {
    packets: Packet[];
  };
  return read.packets;
}

function ffmpeg(file: string, ...output: readonly string[]): Buffer {
  const args = ['-v', 'error', '-xerror', '-i', file, ...output, '-'];
  return execFileSync('ffmpeg', args, { timeout, maxBuffer: 2 ** 26 });
}

/** MD5 of each decoded picture. */
function pictureSums(file: string): readonly string[] {
  const lines = ffmpeg(file, '-fps_mode', 'passthrough', '-f', 'framemd5').toString().split('\n');
  return lines.filter((line) => line.startsWith('0,')).map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/** One fingerprint for each NAL unit: of the parameter sets, and of all others. */
function nalSums(annexB: Buffer): { sets: string[]; others: string[] } {
  const nals = splitNals(annexB);
  const isSet = ({ type }: PlainNal): boolean => type === 7 || type === 8;
  const sum = ({ bytes }: PlainNal): string => fingerprint(bytes);
  return { sets: nals.filter(isSet).map(sum), others: nals.filter((nal) => !isSet(nal)).map(sum) };
}

/** The pictures in groups that begin with a key picture. */
function gops(units: readonly AccessUnit[]): AccessUnit[][] {
  const groups: AccessUnit[][] = [];
  for (const unit of units) {
    if (unit.key) groups.push([unit]);
    else groups.at(-1)?.push(unit);
  }
  return groups;
}

describe.each(['vc4-720p30.h264', 'pisp-low-latency-720p30.h264'])('ffmpeg plays %s', (clip) => {
  let units: readonly AccessUnit[];
  let originalSums: readonly string[];

  beforeAll(async () => {
    units = await clipUnits(clip);
    originalSums = pictureSums(clipFile(clip));
  });

  test.each([
    ['a picture', (all: readonly AccessUnit[]) => all.map((unit) => [unit])],
    ['a GOP', gops],
  ])('in fragments of %s each', (_, split) => {
    const [first] = units;
    if (!first) throw new Error('no pictures');
    const timeline = new Mp4Timeline(first.timestampUs);
    const groups = split(units);
    const file = join(folder, `${clip}-${groups.length}.mp4`);
    const fragments = groups.map((group, i) => fragment(group, i + 1, timeline));
    writeFileSync(file, Buffer.concat([initSegment(first.format), ...fragments]));

    const read = packets(file);
    expect(read).toHaveLength(120);
    expect(read.map(({ flags }) => flags.startsWith('K'))).toEqual(units.map(({ key }) => key));
    read.forEach(({ pts, dts }, i) => {
      const trueTicks = ((units[i]?.timestampUs ?? NaN) - first.timestampUs) * 0.09;
      expect(Math.abs(pts - trueTicks)).toBeLessThanOrEqual(1);
      expect(dts).toBe(pts);
    });
    expect(pictureSums(file)).toEqual(originalSums);
    // Back in Annex B it is the very stream; ffmpeg puts the parameter sets behind the SEI.
    const back = nalSums(ffmpeg(file, '-c', 'copy', '-f', 'h264'));
    expect(back).toEqual(nalSums(readFileSync(clipFile(clip))));
  });
});
