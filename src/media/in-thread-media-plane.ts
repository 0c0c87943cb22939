import { systemClock } from '../shared/clock.js';
import { within } from '../shared/wait.js';
import { MediaHost } from './media-host.js';
import { closeLimitMs, type MediaListener, type MediaPlane } from './media-plane.js';
import type { MediaConfiguration } from './messages.js';
import { ProcessSlots } from './process-slots.js';

/** Runs the media plane in this thread. Clones every message, as the way to a worker does. */
export function createInThreadMediaPlane(
  configuration: MediaConfiguration,
  listener: MediaListener,
): MediaPlane {
  const slots = new ProcessSlots();
  let closed = false;
  let onClosed: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (onClosed = resolve));
  const host = new MediaHost(slots, (event) => {
    const message = structuredClone(event);
    if (message.type === 'closed') onClosed();
    else if (!closed) listener(message);
  });
  const killAll = (): void => slots.killAll();
  process.once('exit', killAll);
  host.handle(structuredClone({ type: 'start', configuration }));
  return {
    async close() {
      host.handle({ type: 'close' });
      await within(systemClock, closeLimitMs, finished);
      closed = true;
      slots.killAll();
      process.removeListener('exit', killAll);
    },
  };
}
