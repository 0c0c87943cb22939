import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type { Camera } from './cameras.js';
import type { Environment } from './environment.js';

/** A camera that this process holds, until it ends at the latest. */
export interface CameraLock {
  release(): void;
}

const NOBODYS: CameraLock = { release: () => undefined };

/**
 * Acquires a camera against the other processes with the same LOCK, or gives undefined if one of them has it.
 *
 * The lock is a socket in Linux's abstract namespace: only one process can bind its name, and like the media devices'
 * own lock it is gone in the moment its process is, however that ends. There is nothing stale to clean up.
 */
export async function acquireCamera(
  camera: Camera,
  { lock, faults }: Pick<Environment, 'lock' | 'faults'>,
): Promise<CameraLock | undefined> {
  if (faults.busy) {
    return undefined;
  }
  if (lock === undefined) {
    return NOBODYS;
  }
  const name = createHash('sha256')
    .update(`${resolve(lock)}\n${camera.id}`)
    .digest('hex');
  const server = createServer();
  server.listen(`\0camera-stand-in-${name}`);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      return undefined;
    }
    throw error;
  }
  return { release: () => server.close() };
}
