import { once } from 'node:events';
import { connect, type Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { openRelay } from '../support/a-relay.js';

test('a stranger whose WebSocket was refused cannot keep the connection', async () => {
  const { relay, port } = await openRelay();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
  socket.write('GET /x/live HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await once(socket, 'end');
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  // It waits for the other side to end, which this one never does.
  await relay.close();
  socket.destroy();
}, 5000);

test('a connection that could not be accepted does not end the relay', async () => {
  const { relay, states } = await openRelay();
  // What net.Server does when accept(2) fails.
  (relay as unknown as { server: Server }).server.emit('error', new Error('accept ENOBUFS'));
  expect(states.map(({ state }) => state)).toEqual(['listening']);
  await relay.close();
});
