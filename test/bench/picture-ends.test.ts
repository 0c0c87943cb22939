import { expect, test } from '@jest/globals';
import { PictureEnds } from '../../bench/load/picture-ends.js';

test('pictures are found in a clip that is repeated', () => {
  const ends = new PictureEnds([3, 1]);
  const seen: [picture: number, isEnd: boolean][] = [];
  for (const bytes of [2, 1, 1, 3]) {
    const { picture } = ends;
    seen.push([picture, ends.take(bytes)]);
  }
  expect(seen).toEqual([
    [0, false],
    [0, true],
    [1, true],
    [2, true],
  ]);
  expect([ends.picture, ends.missing]).toEqual([3, 1]);
});
