import { crc32 } from 'node:zlib';
import type { Target } from './messages.js';
import { PictureEnds } from './picture-ends.js';

/** One picture that has come whole. */
export interface WholePicture {
  readonly picture: number;
  readonly key: boolean;
  readonly length: number;
  readonly crc: number;
  readonly bytes: Buffer | undefined;
  readonly timestampUs: number | undefined;
}

/** Makes pictures of the payloads of binary messages. */
export interface PictureReader {
  begin(length: number): void;
  payload(bytes: Buffer): void;
  end(): void;
}

type OnPicture = (picture: WholePicture) => void;

/** @param copies whether every byte is kept for comparison */
export function pictureReader(target: Target, copies: boolean, onPicture: OnPicture): PictureReader {
  switch (target.carries) {
    case 'pictures':
      return new ProtocolReader(copies, onPicture);
    case 'bytes':
      return new RawReader(target.sizes, onPicture);
    case 'units':
      return new UnitReader(onPicture);
  }
}

const headerBytes = 20;

/** Messages of `libcamera.v1` (docs/protocol.md). */
class ProtocolReader implements PictureReader {
  private readonly header = Buffer.alloc(headerBytes);
  private copy: Buffer | undefined;
  private done = 0;
  private crc = 0;

  constructor(
    private readonly copies: boolean,
    private readonly onPicture: OnPicture,
  ) {}

  begin(length: number): void {
    this.done = 0;
    this.crc = 0;
    this.copy = this.copies ? Buffer.allocUnsafe(length) : undefined;
  }

  payload(bytes: Buffer): void {
    if (this.done < headerBytes) bytes.copy(this.header, this.done);
    if (this.copy) bytes.copy(this.copy, this.done);
    this.crc = crc32(bytes, this.crc);
    this.done += bytes.length;
  }

  end(): void {
    const { header, done, crc, copy } = this;
    if (header.readUInt8(0) !== 1) return;
    this.onPicture({
      picture: header.readUInt32BE(4),
      key: (header.readUInt8(1) & 1) === 1,
      length: done,
      crc,
      bytes: copy,
      timestampUs: Number(header.readBigUInt64BE(8)),
    });
  }
}

/** Raw bytes from the first one of the stream on, whatever their messages: pictures are found by counting. */
class RawReader implements PictureReader {
  private readonly ends: PictureEnds;
  private length = 0;
  private crc = 0;

  constructor(
    sizes: readonly number[],
    private readonly onPicture: OnPicture,
  ) {
    this.ends = new PictureEnds(sizes);
  }

  begin(): void {
    // A message is no more than some bytes.
  }

  payload(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.ends.missing);
      const { picture } = this.ends;
      at += part.length;
      this.length += part.length;
      this.crc = crc32(part, this.crc);
      if (!this.ends.take(part.length)) continue;
      const { length, crc } = this;
      this.length = 0;
      this.crc = 0;
      this.onPicture({ picture, key: picture === 0, length, crc, bytes: undefined, timestampUs: undefined });
    }
  }

  end(): void {
    // Nor does its end say anything.
  }
}

/** One access unit a message, without numbers: they are counted from the first one that came. */
class UnitReader implements PictureReader {
  private readonly start = Buffer.alloc(5);
  private length = 0;
  private crc = 0;
  private picture = 0;

  constructor(private readonly onPicture: OnPicture) {}

  begin(): void {
    this.length = 0;
    this.crc = 0;
  }

  payload(bytes: Buffer): void {
    if (this.length < this.start.length) bytes.copy(this.start, this.length);
    this.length += bytes.length;
    this.crc = crc32(bytes, this.crc);
  }

  end(): void {
    const { picture, length, crc } = this;
    const sps = 7;
    const key = this.start.readUInt32BE(0) === 1 && (this.start.readUInt8(4) & 31) === sps;
    this.picture += 1;
    this.onPicture({ picture, key, length, crc, bytes: undefined, timestampUs: undefined });
  }
}
