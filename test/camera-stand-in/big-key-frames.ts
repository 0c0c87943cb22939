import type { Clip } from './clip.js';
import { NalType } from './h264.js';
import type { Nal } from './h264.js';

/** Capture buffers that an IDR picture just does not fit into. */
const BUFFERS = 2.5;

/** How large a buffer is that the hardware encoder's driver gives out, in bytes. */
export function encoderBufferSize({ width, height }: Clip['sps']): number {
  return (width * height > 1280 * 720 ? 768 : 512) * 1024;
}

/** The clip with IDR pictures of a bit more than two and a half encoder buffers: filler data behind their slices. */
export function withBigKeyFrames(clip: Clip): Clip {
  const size = BUFFERS * encoderBufferSize(clip.sps);
  const pictures = clip.pictures.map((picture) => {
    const slices = picture.slices.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return picture.idr ? { ...picture, slices: [...picture.slices, filler(size - slices)] } : picture;
  });
  return { ...clip, pictures };
}

/** A filler data unit of so many bytes: 0xff throughout, then the stop bit (H.264 7.3.2.7). */
function filler(length: number): Nal {
  const bytes = Buffer.alloc(length, 0xff);
  bytes.writeUInt8(NalType.filler, 0);
  bytes.writeUInt8(0x80, length - 1);
  return { type: NalType.filler, startCode: 3, bytes };
}
