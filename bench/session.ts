import { Child } from './child.js';
import type { GroupReport, LoadCommand } from './load/messages.js';
import type { RelayUnderTest, StartRelay } from './relays.js';
import { BenchCamera, type Platform } from './stand-in.js';

/** A relay with its camera, and the viewers' process. */
export interface Session {
  readonly camera: BenchCamera;
  readonly relay: RelayUnderTest;
  /** Asks the load client. */
  readonly load: (command: LoadCommand) => Promise<GroupReport | undefined>;
  readonly report: (group: string) => Promise<GroupReport>;
}

export const loadClient = new URL('./load-client.js', import.meta.url);

/** Runs something with a relay, and leaves nothing of it behind. */
export async function withSession<T>(
  platform: Platform,
  start: StartRelay,
  run: (session: Session) => Promise<T>,
): Promise<T> {
  const camera = new BenchCamera(platform);
  const open: { close(): Promise<void> }[] = [];
  try {
    const relay = await start(camera);
    open.push(relay);
    const viewers = await Child.start<LoadCommand, GroupReport | undefined>(loadClient);
    open.unshift(viewers);
    const load = (command: LoadCommand): Promise<GroupReport | undefined> => viewers.ask(command);
    const report = async (group: string): Promise<GroupReport> => {
      const seen = await load({ type: 'report', group });
      if (!seen) throw new Error('The load client has no report.');
      return seen;
    };
    return await run({ camera, relay, load, report });
  } finally {
    for (const one of open) await one.close();
    camera.close();
  }
}
