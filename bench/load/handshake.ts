import { randomBytes } from 'node:crypto';
import type { Target } from './messages.js';

/** The request that opens a WebSocket (RFC 6455, 4.1). */
export function openingRequest({ port, path, protocol }: Target): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    '\r\n',
  ].join('\r\n');
}

/** The server's answer to {@link openingRequest}, which ends with an empty line. */
export class OpeningAnswer {
  private text = '';

  /** @returns the bytes behind the answer, once it is whole; throws when it is no 101 */
  push(bytes: Buffer): Buffer | undefined {
    const before = this.text.length;
    this.text += bytes.toString('latin1');
    const end = this.text.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    if (!this.text.startsWith('HTTP/1.1 101 '))
      throw new Error(this.text.slice(0, this.text.indexOf('\r\n')));
    return bytes.subarray(end + 4 - before);
  }
}
