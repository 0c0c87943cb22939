import type { Socket, SocketEvents } from './connection.js';
import type { Access, View } from './states.js';
import { SUBPROTOCOL } from './wire.js';

/** The live stream lies next to the page, whatever path a proxy gives the page. */
export function connect(events: SocketEvents): Socket {
  const address = new URL('live', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address, SUBPROTOCOL);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => events.opened();
  socket.onclose = () => events.closed();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') events.text(data);
    else if (data instanceof ArrayBuffer) events.binary(data);
  };
  return {
    send: (text) => socket.send(text),
    close: () => {
      socket.onclose = null;
      socket.onmessage = null;
      socket.close();
    },
  };
}

/** A WebSocket does not say why it was refused; the page it belongs to does. */
export async function probeAccess(): Promise<Access> {
  try {
    const { status } = await fetch('./', { cache: 'no-store' });
    return status === 401 || status === 403 ? 'denied' : status === 404 ? 'unknown-camera' : 'granted';
  } catch {
    // No answer at all: the relay is away, which is no question of access.
    return 'granted';
  }
}

export function whatIsMissing(): View['missing'] {
  if (!('MediaSource' in window || 'ManagedMediaSource' in window || 'WebKitMediaSource' in window)) {
    return 'browser';
  }
  return typeof JMuxer === 'undefined' ? 'player' : 'nothing';
}
