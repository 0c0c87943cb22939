import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** What a server answered, and whether it ended the connection, within `timeoutMs`. */
export interface RawAnswer {
  readonly text: string;
  readonly ended: boolean;
}

/** Sends bytes that need not make sense, and listens. */
export function sendRaw(port: number, bytes: Buffer | string, timeoutMs: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port });
    const finish = (ended: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, ended });
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('close', () => finish(true));
    socket.write(bytes);
  });
}

/** Opens a WebSocket by hand, so that its frames can break the rules. */
export function upgradeRaw(port: number, path: string, protocol?: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const timer = setTimeout(() => socket.destroy(new Error('No answer to the upgrade.')), 5_000);
    let answer = '';
    const read = (chunk: Buffer): void => {
      answer += chunk.toString('latin1');
      if (!answer.includes('\r\n\r\n')) return;
      clearTimeout(timer);
      socket.off('data', read);
      socket.off('error', reject);
      socket.on('error', () => undefined);
      if (answer.startsWith('HTTP/1.1 101')) resolve(socket);
      else reject(new Error(`The upgrade was answered: ${answer}`));
    };
    socket.on('error', reject);
    socket.on('data', read);
    const lines = [
      `GET ${path} HTTP/1.1`,
      'Host: relay',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  });
}

/** Waits until the other side has ended the connection. */
export function waitForEnd(socket: Socket, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(false);
    }, timeoutMs);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.resume();
    if (socket.closed) socket.emit('close');
  });
}
