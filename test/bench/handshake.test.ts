import { expect, test } from '@jest/globals';
import { OpeningAnswer } from '../../bench/load/handshake.js';

const answer = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nrest');

test('what follows the answer to the handshake belongs to the frames, wherever it was cut', () => {
  for (let cut = 0; cut <= answer.length; cut += 1) {
    const opening = new OpeningAnswer();
    const first = opening.push(answer.subarray(0, cut));
    const rest = first ?? opening.push(answer.subarray(cut));
    const whole = first ? Buffer.concat([first, answer.subarray(cut)]) : rest;
    expect(whole?.toString()).toBe('rest');
  }
});

test('a refusal is an error with its reason', () => {
  expect(() => new OpeningAnswer().push(Buffer.from('HTTP/1.1 401 Unauthorized\r\n\r\n'))).toThrow(
    '401 Unauthorized',
  );
});
