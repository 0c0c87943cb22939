// The camera behind TCP for one client at a time, as `libcamera-vid --listen -o tcp://…` is: what websockify needs.
// It starts with its client. Arguments: port, camera program and its arguments.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const [port, program, ...words] = process.argv.slice(2);
const server = createServer({ noDelay: true }, (client) => {
  server.close();
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  process.on('exit', () => child.kill('SIGKILL'));
  client.on('error', () => undefined);
  child.stdout.pipe(client);
});
server.listen(Number(port), '127.0.0.1', () => process.send({ id: 0 }));
process.once('disconnect', () => process.exit());
