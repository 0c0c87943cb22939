/** One tag of an FLV stream. */
export interface FlvTag {
  readonly type: number;
  /** In ms. */
  readonly time: number;
  readonly data: Buffer;
}

/** Splits an FLV stream into tags, and throws if a length does not hold. */
export function readFlv(stream: Buffer): FlvTag[] {
  if (stream.subarray(0, 13).toString('hex') !== '464c5601010000000900000000') {
    throw new Error('Not an FLV stream with video only.');
  }
  const tags: FlvTag[] = [];
  for (let at = 13; at < stream.length;) {
    const length = stream.readUIntBE(at + 1, 3);
    const time = stream.readUIntBE(at + 4, 3) + stream.readUInt8(at + 7) * 2 ** 24;
    tags.push({ type: stream.readUInt8(at), time, data: stream.subarray(at + 11, at + 11 + length) });
    if (stream.readUInt32BE(at + 11 + length) !== length + 11) {
      throw new Error(`The tag at ${at} does not end with its length.`);
    }
    at += 15 + length;
  }
  return tags;
}

/** The NAL unit types in the data of a video tag with pictures. */
export function unitTypes(data: Buffer): number[] {
  const types: number[] = [];
  for (let at = 5; at < data.length; at += 4 + data.readUInt32BE(at)) {
    types.push(data.readUInt8(at + 4) & 31);
  }
  return types;
}
