import type { VideoFormat } from '../video/access-unit.js';
import { avcConfiguration } from './avc-configuration.js';
import { box, fullBox, u16, u32, zeros } from './boxes.js';
import { timescale, trackId } from './track.js';

/** Fixed-point numbers with 16 bits behind the point. */
const one = 0x0001_0000;
/** The picture as it is, neither turned nor scaled (ISO/IEC 14496-12, 8.2.2). Its last number has 30 bits behind the point. */
const unityMatrix = u32(one, 0, 0, 0, one, 0, 0, 0, 0x4000_0000);
/** `und`, the language that is none: three letters in 5 bits each (ISO/IEC 14496-12, 8.4.2). */
const undetermined = 0x55c4;
/** 72 dots per inch, which is what everybody writes (ISO/IEC 14496-12, 12.1.3). */
const resolution = 72 * one;

/**
 * What a player needs before the first fragment: `ftyp` and a `moov` with one track of H.264 and no samples
 * (ISO/IEC 14496-12 and 14496-15). Durations are 0 or absent: live, nobody knows the end. Pixels are square, or the
 * SPS says otherwise: no `pasp`.
 *
 * It holds for the fragments of access units with this very `format`. When the camera's format changes, the caller
 * sends the new init segment first; a plain `<video>` without Media Source Extensions needs a new connection then.
 */
export function initSegment(format: VideoFormat): Buffer {
  return Buffer.concat([
    // iso5 for default-base-is-moof, iso6 for tfdt (ISO/IEC 14496-12, annex E).
    box('ftyp', Buffer.from('iso5'), u32(512), Buffer.from('iso5iso6avc1mp41')),
    box('moov', movieHeader(), track(format), box('mvex', trackExtends())),
  ]);
}

/** MovieHeaderBox (8.2.2). */
function movieHeader(): Buffer {
  const times = u32(0, 0, timescale, 0);
  const rateAndVolume = [...u32(one), ...u16(0x0100)];
  return fullBox('mvhd', 0, 0, times, rateAndVolume, zeros(10), unityMatrix, zeros(24), u32(trackId + 1));
}

/** TrackBox (8.3.1). */
function track(format: VideoFormat): Buffer {
  return box(
    'trak',
    trackHeader(format),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(undetermined, 0)),
      fullBox('hdlr', 0, 0, zeros(4), Buffer.from('vide'), zeros(12), Buffer.from('Video\0')),
      box(
        'minf',
        fullBox('vmhd', 0, 1, zeros(8)),
        // Flag 1: the samples are in this very file (8.7.2).
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        sampleTable(format),
      ),
    ),
  );
}

/** TrackHeaderBox (8.3.2); flags: enabled, in the movie, in its preview. */
function trackHeader({ width, height }: VideoFormat): Buffer {
  const times = u32(0, 0, trackId, 0, 0);
  return fullBox('tkhd', 0, 7, times, zeros(16), unityMatrix, u32(width * one, height * one));
}

/** SampleTableBox (8.5.1): how samples are coded, and that none is here. */
function sampleTable(format: VideoFormat): Buffer {
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), avcSampleEntry(format)),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
}

/** AVCSampleEntry `avc1`: parameter sets stand here and not in the samples (12.1.3; ISO/IEC 14496-15, 5.4.2.1). */
function avcSampleEntry(format: VideoFormat): Buffer {
  return box(
    'avc1',
    zeros(6),
    u16(1),
    zeros(16),
    u16(format.width, format.height),
    u32(resolution, resolution, 0),
    // One picture per sample; no compressor name; 24 bits of colour and no alpha; pre_defined -1.
    u16(1),
    zeros(32),
    u16(0x0018, 0xffff),
    avcConfiguration(format),
  );
}

/** TrackExtendsBox (8.8.3): first sample entry; everything else is said in each fragment. */
function trackExtends(): Buffer {
  return fullBox('trex', 0, 0, u32(trackId, 1, 0, 0, 0));
}
