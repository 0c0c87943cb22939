import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AccessUnit } from '../../src/video/access-unit.js';
import { FrameAssembler } from '../../src/video/frame-assembler.js';
import { FakeClock } from './fake-clock.js';
import { projectRoot } from './fixtures.js';
import { splitAccessUnits } from './plain-h264.js';

/** File of a clip the camera stand-in plays (test/fixtures/clips). */
export function clipFile(name: string): string {
  return fileURLToPath(new URL(`test/fixtures/clips/${name}`, projectRoot));
}

/** Access units of a clip, as the live feed gets them: with timestamp lines, some ms early or late. */
export async function clipUnits(name: string): Promise<AccessUnit[]> {
  const clock = new FakeClock();
  const units: AccessUnit[] = [];
  let turns: (() => void)[] = [];
  const frames = new FrameAssembler({
    framerate: 30,
    keyFrameInterval: 1,
    width: 1280,
    height: 720,
    clock,
    log: (level, message) => {
      if (level === 'warn') throw new Error(message);
    },
    nextTurn: (task) => turns.push(task),
    onAccessUnit: (unit) => units.push(unit),
    onUnreadable: (reason) => {
      throw new Error(reason);
    },
  });
  frames.begin('pts');
  const pictures = splitAccessUnits(readFileSync(clipFile(name)));
  for (const [i, nals] of pictures.entries()) {
    const jitterMs = ((i * 37) % 11) - 5;
    frames.bytes(Buffer.concat(nals.flatMap(({ bytes }) => [Buffer.from([0, 0, 0, 1]), bytes])));
    frames.ptsBytes(Buffer.from(`${(i * 33.333 + jitterMs).toFixed(3)}\n`));
    while (turns.length > 0) {
      const due = turns;
      turns = [];
      for (const task of due) task();
    }
    await clock.advance(33.333);
  }
  frames.close();
  return units;
}
