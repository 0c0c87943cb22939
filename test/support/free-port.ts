import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Can a server listen there now? Without a host: on all addresses, as Homebridge does. */
export async function isPortFree(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => server.close(() => resolve(true)));
  });
}

/**
 * A random free TCP port below those the kernel gives to outgoing connections (32768 and up), so that nobody takes
 * it by chance between now and its use.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isPortFree(port)) return port;
  }
}
