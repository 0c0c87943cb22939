import { expect, test } from '@jest/globals';
import { Recorder, References, type ReceivedPicture } from '../../bench/load/recorder.js';

function picture(number: number, changes: Partial<ReceivedPicture> = {}): ReceivedPicture {
  const same = { key: false, length: 4, crc: 1, bytes: undefined, arrivedUs: 10, timestampUs: undefined };
  return { picture: number, ...same, ...changes };
}

function integrity(...received: [picture: ReceivedPicture, previous: number | undefined][]): unknown {
  const recorder = new Recorder(new References(), true);
  for (const [one, previous] of received) recorder.received(one, previous, true);
  return recorder.report().integrity;
}

const good = { lost: 0, duplicate: 0, corrupt: 0, undecodable: 0 };
const key = { key: true };

test.each([
  [
    'nothing is wrong',
    [
      [picture(7, key), undefined],
      [picture(8), 7],
    ],
    { received: 2, ...good },
  ],
  [
    'a gap up to a key frame',
    [
      [picture(7, key), undefined],
      [picture(10, key), 7],
    ],
    { received: 2, ...good, lost: 2 },
  ],
  [
    'a gap in the middle',
    [
      [picture(7, key), undefined],
      [picture(9), 7],
    ],
    { received: 2, ...good, lost: 1, undecodable: 1 },
  ],
  [
    'twice',
    [
      [picture(7, key), undefined],
      [picture(7), 7],
    ],
    { received: 2, ...good, duplicate: 1 },
  ],
  ['a start without a key frame', [[picture(7), undefined]], { received: 1, ...good, undecodable: 1 }],
  [
    'another sum',
    [
      [picture(7, key), undefined],
      [picture(7, { ...key, crc: 2 }), undefined],
    ],
    { received: 2, ...good, corrupt: 1 },
  ],
  [
    'other bytes',
    [
      [picture(7, { ...key, bytes: Buffer.from('abcd') }), undefined],
      [picture(7, { ...key, bytes: Buffer.from('abce') }), undefined],
    ],
    { received: 2, ...good, corrupt: 1 },
  ],
] as [string, [ReceivedPicture, number | undefined][], unknown][])('%s', (_, received, expected) => {
  expect(integrity(...received)).toEqual(expected);
});

test('a picture has arrived when the last viewer has it', () => {
  const recorder = new Recorder(new References(), true);
  for (const arrivedUs of [30, 10, 20]) recorder.received(picture(3, { arrivedUs }), 2, arrivedUs === 30);
  const { pictures, arrivals } = recorder.report();
  expect(pictures).toEqual([{ picture: 3, viewers: 3, lastUs: 30, medianUs: 20 }]);
  expect(arrivals).toEqual([{ picture: 3, arrivedUs: 30, timestampUs: undefined }]);
});
