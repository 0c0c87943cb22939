import { expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { openRelay, token } from '../support/a-relay.js';

/** How a WebSocket is answered that comes from a page of another site. */
async function answerToForeignPage(access: 'token' | 'open', query = '', origin?: string): Promise<number> {
  const { relay, port } = await openRelay({ access });
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/x/live${query}`,
    origin === undefined ? {} : { origin: origin.replace('PORT', String(port)) },
  );
  const status = await new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
  socket.terminate();
  await relay.close();
  return status;
}

test.each([
  ['open', '', undefined, 101],
  ['open', '', 'http://127.0.0.1:PORT', 101],
  ['open', '', 'https://evil.example', 403],
  ['open', `?token=${token}`, 'https://dashboard.example', 101],
  ['token', `?token=${token}`, 'https://dashboard.example', 101],
  ['token', '', undefined, 401],
] as const)('access %j, query %j, origin %j: %d', async (access, query, origin, status) => {
  expect(await answerToForeignPage(access, query, origin)).toBe(status);
});
