/** Speaks with a HomeKit server as a program on the network does; Homebridge must run with `--insecure`. */
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';

interface Characteristic {
  /** Short form of the UUID, in hexadecimal digits. */
  readonly type: string;
  readonly value?: unknown;
}

interface Service {
  readonly type: string;
  readonly characteristics: readonly Characteristic[];
}

export interface HapAccessory {
  readonly aid: number;
  readonly services: readonly Service[];
}

/** Short UUIDs of services and characteristics (HomeKit Accessory Protocol, chapters 8 and 9). */
const types = { information: '3E', streamManagement: '110', name: '23', serialNumber: '30' } as const;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Answers also with what the server refuses. Rejects when it is silent for `timeoutMs`. */
function ask(
  port: number,
  path: string,
  options: { readonly pin?: string; readonly body?: unknown; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: options.body === undefined ? 'GET' : 'POST',
        agent: false,
        headers: {
          ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(options.pin === undefined ? {} : { Authorization: options.pin }),
        },
        signal: AbortSignal.timeout(options.timeoutMs ?? 15_000),
      },
      (response) => {
        buffer(response).then(
          (body) =>
            resolve({
              status: response.statusCode ?? 0,
              contentType: response.headers['content-type'] ?? '',
              body,
            }),
          reject,
        );
      },
    );
    sent.on('error', reject);
    sent.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

export async function readAccessories(port: number): Promise<readonly HapAccessory[]> {
  const { status, body } = await ask(port, '/accessories');
  if (status !== 200) throw new Error(`The HomeKit server answered ${status}.`);
  return (JSON.parse(body.toString()) as { readonly accessories: readonly HapAccessory[] }).accessories;
}

/** Those accessories that can stream a picture. */
export function camerasAmong(accessories: readonly HapAccessory[]): readonly HapAccessory[] {
  return accessories.filter(({ services }) => services.some(({ type }) => type === types.streamManagement));
}

/** What an accessory says about itself. */
export function informationOf(accessory: HapAccessory): {
  readonly name: unknown;
  readonly serialNumber: unknown;
} {
  const service = accessory.services.find(({ type }) => type === types.information);
  const value = (wanted: string): unknown =>
    service?.characteristics.find(({ type }) => type === wanted)?.value;
  return { name: value(types.name), serialNumber: value(types.serialNumber) };
}

/** Asks for a still picture as the Home app does. */
export function askForSnapshot(
  port: number,
  pin: string,
  aid: number | undefined,
  timeoutMs = 15_000,
): Promise<Answer> {
  const body = { 'resource-type': 'image', 'image-width': 640, 'image-height': 360 };
  return ask(port, '/resource', { pin, body: aid === undefined ? body : { ...body, aid }, timeoutMs });
}
