import { systemClock } from '../../src/shared/clock.js';
import type { AccessUnit } from '../../src/video/access-unit.js';
import type { LiveFeed } from '../../src/video/live-feed.js';

const format = { codec: 'avc1.42c01f', width: 1280, height: 720, parameterSets: Buffer.alloc(0) };

/** Publishes pictures of made-up bytes in real time. @returns ends it */
export function publishPictures(
  feed: LiveFeed,
  { fps = 30, gop = 30, keyBytes = 100_000, bytes = 20_000 } = {},
): () => void {
  let sequence = 0;
  let nextUs = systemClock.nowUs();
  feed.setState({ state: 'streaming' });
  const publish = (): void => {
    for (; nextUs <= systemClock.nowUs(); nextUs += 1_000_000 / fps) {
      const key = sequence % gop === 0;
      const data = Buffer.alloc(key ? keyBytes : bytes, sequence % 256);
      const nowUs = systemClock.nowUs();
      const unit: AccessUnit = {
        ...{ data, key, sequence, format, discontinuity: false },
        timestampUs: nowUs,
        durationUs: Math.round(1_000_000 / fps),
        arrivedAtUs: nowUs,
      };
      sequence += 1;
      feed.publish(unit);
    }
  };
  const timer = setInterval(publish, 5);
  return () => clearInterval(timer);
}
