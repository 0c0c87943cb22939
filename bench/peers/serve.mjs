// What the naive relays have in common: a WebSocket server, and a camera that starts on the parent's word. All of it
// ends with the parent. Arguments: port, camera program and its arguments.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

const [port, program, ...words] = process.argv.slice(2);
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), perMessageDeflate: false });
server.on('connection', (client, request) => {
  request.socket.setNoDelay(true);
  client.on('error', () => undefined);
});
server.on('listening', () => process.send({ id: 0 }));

export const clients = server.clients;

/** Starts the camera as soon as the parent says so, and gives its output. */
export async function camera(...furtherWords) {
  const [{ id }] = await once(process, 'message');
  const child = spawn(program, [...words, ...furtherWords], { stdio: ['ignore', 'pipe', 'ignore'] });
  process.on('exit', () => child.kill('SIGKILL'));
  process.send({ id });
  return child.stdout;
}

process.once('disconnect', () => process.exit());
