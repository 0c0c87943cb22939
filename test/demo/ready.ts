import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningHomebridge } from '../support/homebridge.js';
import { bridgeRunning } from '../support/homebridge.js';

/** What `--json` prints. */
export interface DemoReport {
  /** The first camera's live view. */
  readonly liveUrl: string;
  readonly cameras: readonly {
    readonly id: string;
    readonly name: string;
    readonly liveUrl: string;
    readonly socketUrl: string;
  }[];
  readonly token: string;
  readonly homekit: {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly pin: string;
  };
  readonly storage: string;
  /** The demo's own process: SIGINT ends the demo and all it started. */
  readonly pid: number;
}

/** The access token, once the plugin has written all of it. */
function readToken(storage: string): string | undefined {
  try {
    const text = readFileSync(join(storage, 'homebridge-libcamera', 'access-token'), 'utf8').trim();
    return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function isCameraList(value: unknown): value is readonly { id: string; name: string }[] {
  return (
    Array.isArray(value) &&
    value.every((entry: unknown) => {
      if (typeof entry !== 'object' || entry === null) return false;
      const { id, name } = entry as Record<string, unknown>;
      return typeof id === 'string' && typeof name === 'string';
    })
  );
}

/** The cameras, once the relay answers. */
async function askForCameras(
  port: number,
  token: string,
): Promise<readonly { id: string; name: string }[] | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/cameras.json?token=${token}`, {
      signal: AbortSignal.timeout(2_000),
    });
    const list: unknown = await answer.json();
    return answer.ok && isCameraList(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves when the relay and the HomeKit bridge answer; rejects after `timeoutMs` or when Homebridge ends. */
export async function whenReady(
  homebridge: RunningHomebridge,
  port: number,
  cameras: number,
  timeoutMs: number,
): Promise<DemoReport> {
  const deadline = performance.now() + timeoutMs;
  const ended = new AbortController();
  void homebridge.exited.then(() => ended.abort());
  await homebridge.waitForLog(bridgeRunning, timeoutMs);
  for (;;) {
    const token = readToken(homebridge.storage);
    const list = token === undefined ? undefined : await askForCameras(port, token);
    if (token !== undefined && list?.length === cameras) {
      const withUrls = list.map(({ id, name }) => ({
        id,
        name,
        liveUrl: `http://127.0.0.1:${port}/${id}/?token=${token}`,
        socketUrl: `ws://127.0.0.1:${port}/${id}/live?token=${token}`,
      }));
      const { hapPort, bridge, storage } = homebridge;
      return {
        liveUrl: withUrls[0]?.liveUrl ?? '',
        cameras: withUrls,
        token,
        homekit: { host: '127.0.0.1', port: hapPort, username: bridge.username, pin: bridge.pin },
        storage,
        pid: process.pid,
      };
    }
    if (ended.signal.aborted || performance.now() >= deadline)
      throw new Error(`The live view did not answer within ${timeoutMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
