/** What must be true of all that a viewer received. Faults are texts: Jest's own comparison of bytes takes minutes. */
import { readFileSync } from 'node:fs';
import { SHIPPED, SHIPPED_FOLDER } from '../camera-stand-in/clip-files.js';
import type { Platform } from '../demo/environment.js';
import { fingerprint, slicesOf, splitAccessUnits, splitNals } from '../support/plain-h264.js';
import type { Message, ProtocolPicture, ProtocolViewer, ReceivedPicture } from '../support/relay-viewer.js';

interface Clip {
  readonly length: number;
  /** Place of each picture in the clip, by its slices. */
  readonly placeOf: ReadonlyMap<string, number>;
}

const nalType = { idr: 5, sps: 7, pps: 8 } as const;

/** How much later than its time a live picture may arrive, on a machine that decodes videos at the same time. */
const latestUs = 3_000_000;
const earliestUs = 1_000_000;

function readClip(file: string): Clip {
  const pictures = splitAccessUnits(readFileSync(`${SHIPPED_FOLDER}/${file}`));
  return {
    length: pictures.length,
    placeOf: new Map(pictures.map((nals, place) => [slicesOf(nals).join(), place])),
  };
}

const clips: Readonly<Record<Platform, Clip>> = {
  vc4: readClip(SHIPPED.vc4.file),
  pisp: readClip(SHIPPED.lowLatency.file),
};

/** Pictures of the clip that a stand-in of this platform plays. */
export function clipLength(platform: Platform): number {
  return clips[platform].length;
}

/**
 * Holds pictures against the clip the camera plays over and over: each must be the clip's, slice by slice and byte for
 * byte, and the one after the one before.
 *
 * @returns where that is not so; `restarts` are the pictures at which the clip began anew in its middle
 */
export function compareWithClip(
  pictures: readonly Pick<ReceivedPicture, 'data'>[],
  platform: Platform,
): { readonly faults: readonly string[]; readonly restarts: readonly number[] } {
  const clip = clips[platform];
  const faults: string[] = [];
  const restarts: number[] = [];
  let before: number | undefined;
  pictures.forEach((picture, number) => {
    const units = splitAccessUnits(picture.data);
    const place = clip.placeOf.get(slicesOf(units.flat()).join());
    if (picture.data.readUInt32BE(0) !== 1) faults.push(`Message ${number} does not begin with a NAL unit.`);
    if (units.length !== 1) faults.push(`Message ${number} holds ${units.length} pictures.`);
    if (place === undefined) faults.push(`Message ${number} is no picture of the clip.`);
    else if (before !== undefined && place !== (before + 1) % clip.length) {
      if (place === 0) restarts.push(number);
      else faults.push(`Message ${number} is the clip's picture ${place}, after its picture ${before}.`);
    }
    before = place;
    faults.push(...keyFaults(picture, number));
  });
  return { faults, restarts };
}

/** The first picture is an IDR, and every IDR has its parameter sets in front. */
function keyFaults({ data }: Pick<ReceivedPicture, 'data'>, number: number): string[] {
  const types = splitNals(data).map((nal) => nal.type);
  if (!types.includes(nalType.idr)) return number === 0 ? ['The first picture is no IDR.'] : [];
  const ready = types[0] === nalType.sps && types[1] === nalType.pps;
  return ready ? [] : [`The IDR ${number} has no parameter sets in front: ${types.join(' ')}.`];
}

export function isKey({ header }: ProtocolPicture): boolean {
  return (header.flags & 1) !== 0;
}

export function isDiscontinuity({ header }: ProtocolPicture): boolean {
  return (header.flags & 2) !== 0;
}

/** Holds all that a viewer of `libcamera.v1` received against docs/protocol.md. */
export function protocolFaults({ events }: ProtocolViewer): string[] {
  const faults: string[] = [];
  const beginning = events.slice(0, 2).map((event) => ('message' in event ? event.message.type : 'picture'));
  if (beginning.join() !== 'hello,state') faults.push(`It begins with ${beginning.join()}.`);
  let tracks: readonly unknown[] = [];
  let burst: { readonly announced: unknown; pictures: number } | undefined;
  let before: ProtocolPicture | undefined;
  for (const event of events) {
    if ('picture' in event) {
      const { picture } = event;
      if (tracks.length === 0) faults.push(`Picture ${picture.header.sequence} came before its track.`);
      faults.push(...pictureFaults(picture, before, burst !== undefined));
      if (burst) burst.pictures += 1;
      before = picture;
    } else if (event.message.type === 'hello') {
      tracks = readTracks(event.message);
    } else if (event.message.type === 'burst') {
      if (before) faults.push('A burst came after a picture.');
      burst = { announced: event.message.pictures, pictures: 0 };
    } else if (event.message.type === 'burstEnd') {
      const { announced, pictures } = burst ?? { announced: 'none', pictures: 0 };
      if (announced !== pictures) faults.push(`A burst of ${String(announced)} had ${pictures} pictures.`);
      burst = undefined;
    }
    if ('message' in event && burst?.pictures !== undefined && burst.pictures > 0)
      faults.push(`A message ${event.message.type} came within a burst.`);
  }
  if (burst) faults.push('A burst did not end.');
  return faults;
}

function readTracks({ version, clock, tracks }: Message): readonly unknown[] {
  return version === 1 && typeof clock === 'number' && Array.isArray(tracks) ? tracks : [];
}

/** Durations are held against timestamps, and these against the clock: so their sum follows true time. */
function pictureFaults(
  { header, data, receivedUs }: ProtocolPicture,
  before: ProtocolPicture | undefined,
  inBurst: boolean,
): string[] {
  const { type, track, headerLength, flags, sequence, timestampUs, durationUs } = header;
  const faults: string[] = [];
  const key = (flags & 1) !== 0;
  const holdsIdr = splitNals(data).some((nal) => nal.type === nalType.idr);
  if (type !== 1 || track !== 0 || headerLength !== 20 || flags > 3) faults.push('has an odd header');
  if (key !== holdsIdr) faults.push(`holds ${holdsIdr ? 'an' : 'no'} IDR, and says otherwise`);
  if (!key && (flags & 2) !== 0) faults.push('is a discontinuity, but no key');
  if (!key && !before) faults.push('is the first one, but no key');
  // Pictures that come at once are set apart by a little.
  if (timestampUs > receivedUs + earliestUs) faults.push('is from the future');
  if (!inBurst && receivedUs - timestampUs > latestUs) faults.push('is late');
  if (before) {
    const step = timestampUs - before.header.timestampUs;
    if (sequence !== (before.header.sequence + 1) % 2 ** 32) faults.push(`follows ${before.header.sequence}`);
    if (step <= 0) faults.push(`goes back in time by ${-step} µs`);
    if (durationUs !== step) faults.push(`lasts ${durationUs} µs, ${step} µs after the one before`);
  }
  return faults.map((fault) => `Picture ${sequence} ${fault}.`);
}

/** Sequence numbers whose messages were not the same bytes for all viewers who received them. */
export function unequalMessages(viewers: readonly ProtocolViewer[]): number[] {
  const known = new Map<number, string>();
  const unequal = new Set<number>();
  for (const { header, message } of viewers.flatMap(({ pictures }) => pictures)) {
    const bytes = fingerprint(message);
    if ((known.get(header.sequence) ?? bytes) !== bytes) unequal.add(header.sequence);
    known.set(header.sequence, bytes);
  }
  return [...unequal];
}
