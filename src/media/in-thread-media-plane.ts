import { systemClock } from '../shared/clock.js';
import { within } from '../shared/wait.js';
import { MediaHost } from './media-host.js';
import { closeLimitMs, type MediaListener, type MediaPlane, snapshotLimitMs } from './media-plane.js';
import type { MediaConfiguration, PostedSnapshot } from './messages.js';
import { ProcessSlots } from './process-slots.js';
import { Requests } from './requests.js';

/** Runs the media plane in this thread. Clones every message, as the way to a worker does. */
export function createInThreadMediaPlane(
  configuration: MediaConfiguration,
  listener: MediaListener,
): MediaPlane {
  const slots = new ProcessSlots();
  const snapshots = new Requests<PostedSnapshot>(systemClock, snapshotLimitMs);
  let closed = false;
  let onClosed: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (onClosed = resolve));
  const host = new MediaHost(slots, (event) => {
    const message = structuredClone(event);
    if (message.type === 'closed') onClosed();
    else if (message.type === 'snapshot') snapshots.answer(message.request, message.snapshot);
    else if (!closed) listener(message);
  });
  const killAll = (): void => slots.killAll();
  process.once('exit', killAll);
  host.handle(structuredClone({ type: 'start', configuration }));
  return {
    snapshot: (cameraId) => {
      return snapshots.ask((request) => host.handle({ type: 'snapshot', request, cameraId }));
    },
    async close() {
      snapshots.abandon();
      host.handle({ type: 'close' });
      await within(systemClock, closeLimitMs, finished);
      closed = true;
      slots.killAll();
      process.removeListener('exit', killAll);
    },
  };
}
