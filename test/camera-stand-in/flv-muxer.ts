import type { Clip, ClipPicture } from './clip.js';
import { Uncaught } from './encoder.js';
import type { Nal } from './h264.js';
import type { Muxer, PictureTimes } from './muxer.js';

const VIDEO_TAG = 9;
const SCRIPT_TAG = 18;

/** Codec id of H.264, in the lower half of a video tag's first byte. */
const AVC = 7;

const PacketType = { sequenceHeader: 0, units: 1, endOfSequence: 2 } as const;

/** `--libav-format flv`: one tag per picture with its length in front and its time in ms. */
export class FlvMuxer implements Muxer {
  /** In ms. */
  private lastTime = 0;

  /**
   * @param framerate pictures per second, for the metadata
   * @param bitrate in bit/s, for the metadata
   */
  public constructor(
    private readonly clip: Clip,
    private readonly framerate: number,
    private readonly bitrate: number,
  ) {}

  public header(): Buffer {
    return Buffer.concat([
      Buffer.from('464c56010100000009', 'hex'),
      Buffer.alloc(4),
      tag(SCRIPT_TAG, 0, this.metadata()),
      tag(
        VIDEO_TAG,
        0,
        Buffer.concat([videoHeader(true, PacketType.sequenceHeader, 0), this.configuration()]),
      ),
    ]);
  }

  public picture(source: ClipPicture, isFirst: boolean, times: PictureTimes): Buffer {
    const time = Math.round(times.decoded / 1000);
    if (time < this.lastTime) {
      // libav's EINVAL: the times of decoding must not go back.
      throw new Uncaught('libav: error writing output: Invalid argument');
    }
    this.lastTime = time;
    const composition = Math.round(times.shown / 1000) - this.lastTime;
    const nals = [...(isFirst ? this.clip.headers.sei : []), ...source.slices];
    const data = [videoHeader(source.idr, PacketType.units, composition), ...nals.flatMap(withLength)];
    return tag(VIDEO_TAG, this.lastTime, Buffer.concat(data));
  }

  public trailer(): Buffer {
    return tag(VIDEO_TAG, this.lastTime, videoHeader(true, PacketType.endOfSequence, 0));
  }

  /** The script tag's data: the name `onMetaData` and an array of properties in AMF 0. */
  private metadata(): Buffer {
    const { width, height } = this.clip.sps;
    const properties = [
      amfNumber('duration', 0),
      amfNumber('width', width),
      amfNumber('height', height),
      amfNumber('videodatarate', this.bitrate / 1024),
      amfNumber('framerate', this.framerate),
      amfNumber('videocodecid', AVC),
      Buffer.concat([amfName('encoder'), Buffer.from([2]), amfName('Lavf61.7.103')]),
      amfNumber('filesize', 0),
    ];
    const array = Buffer.from([8, 0, 0, 0, properties.length]);
    return Buffer.concat([
      Buffer.from([2]),
      amfName('onMetaData'),
      array,
      ...properties,
      Buffer.from([0, 0, 9]),
    ]);
  }

  /** AVCDecoderConfigurationRecord, ISO/IEC 14496-15. */
  private configuration(): Buffer {
    const sps = this.clip.headers.sps.bytes;
    const pps = this.clip.headers.pps.bytes;
    const high = this.clip.sps.profile >= 100 ? Buffer.from([0xfd, 0xf8, 0xf8, 0]) : Buffer.alloc(0);
    return Buffer.concat([
      Buffer.from([1]),
      sps.subarray(1, 4),
      Buffer.from([0xff, 0xe1]),
      uint16(sps.length),
      sps,
      Buffer.from([1]),
      uint16(pps.length),
      pps,
      high,
    ]);
  }
}

/** @param composition how much later than decoded the picture is shown, in ms */
function videoHeader(key: boolean, packet: number, composition: number): Buffer {
  const bytes = Buffer.from([((key ? 1 : 2) << 4) | AVC, packet, 0, 0, 0]);
  bytes.writeIntBE(composition, 2, 3);
  return bytes;
}

/** @param time in ms */
function tag(type: number, time: number, data: Buffer): Buffer {
  const header = Buffer.alloc(11);
  header.writeUInt8(type);
  header.writeUIntBE(data.length, 1, 3);
  header.writeUIntBE(time % 2 ** 24, 4, 3);
  // libav leaves the top bit out: 2^31 ms are 0 again.
  header.writeUInt8(Math.floor(time / 2 ** 24) % 128, 7);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(header.length + data.length);
  return Buffer.concat([header, data, size]);
}

function withLength(nal: Nal): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nal.bytes.length);
  return [length, nal.bytes];
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function amfName(name: string): Buffer {
  return Buffer.concat([uint16(name.length), Buffer.from(name)]);
}

function amfNumber(name: string, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeDoubleBE(value, 1);
  return Buffer.concat([amfName(name), bytes]);
}
