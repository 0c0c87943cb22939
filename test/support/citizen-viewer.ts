import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** The access token that the plugin made in this storage folder of Homebridge. */
export function accessToken(storage: string): string {
  return readFileSync(join(storage, 'homebridge-libcamera/access-token'), 'utf8').trim();
}

export interface RelayViewer {
  /** Pictures received so far. */
  pictures(): number;
  /** Waits for that many further pictures. */
  more(pictures: number, timeoutMs: number): Promise<void>;
  /** Resolves when the relay has ended the connection. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Watches a camera as a page with jmuxer does. Rejects when the relay refuses. */
export async function openViewer(port: number, token: string, cameraId: string): Promise<RelayViewer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${cameraId}/live?token=${token}`, {
    handshakeTimeout: 5_000,
  });
  let count = 0;
  const waiting = new Set<() => void>();
  socket.on('message', () => {
    count += 1;
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    // Stays on: a viewer that is cut off has no more to say than 'close' does.
    socket.on('error', reject);
  });
  return {
    pictures: () => count,
    more: (pictures, timeoutMs) =>
      new Promise((resolve, reject) => {
        const wanted = count + pictures;
        const look = (): void => {
          if (count < wanted) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Only ${count - wanted + pictures} of ${pictures} pictures in ${timeoutMs} ms.`));
        }, timeoutMs);
        waiting.add(look);
      }),
    closed,
    close: () => socket.terminate(),
  };
}
