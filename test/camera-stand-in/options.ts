/** How a value is checked while the command line is parsed. Many strings are looked into later, by the program itself. */
export type OptionType = 'flag' | 'uint' | 'int' | 'float' | 'string';

/** One option of rpicam-vid. */
export interface OptionSpec {
  readonly name: string;
  /** The letter after a single dash. */
  readonly short?: string;
  readonly type: OptionType;
  /** The value that the bare option stands for. Only such an option may come without a value. */
  readonly implicit?: string;
}

function flag(name: string, short?: string): OptionSpec {
  return { name, type: 'flag', implicit: '1', ...(short === undefined ? {} : { short }) };
}

function value(type: OptionType, name: string, short?: string, implicit?: string): OptionSpec {
  return {
    name,
    type,
    ...(short === undefined ? {} : { short }),
    ...(implicit === undefined ? {} : { implicit }),
  };
}

/** Every option of rpicam-vid 1.12, in the order of its `--help`. */
export const OPTIONS: readonly OptionSpec[] = [
  flag('help', 'h'),
  flag('version'),
  flag('list-cameras'),
  value('uint', 'camera'),
  value('uint', 'verbose', 'v', '2'),
  value('string', 'config', 'c', 'config.txt'),
  value('string', 'info-text'),
  value('uint', 'width'),
  value('uint', 'height'),
  value('string', 'timeout', 't'),
  value('string', 'output', 'o'),
  value('string', 'post-process-file'),
  value('string', 'post-process-libs'),
  flag('nopreview', 'n'),
  value('string', 'preview', 'p'),
  flag('fullscreen', 'f'),
  flag('qt-preview'),
  value('string', 'preview-libs'),
  value('string', 'preview-backend'),
  flag('hflip'),
  flag('vflip'),
  value('int', 'rotation'),
  value('string', 'roi'),
  value('string', 'shutter'),
  value('float', 'analoggain'),
  value('float', 'gain'),
  value('string', 'metering'),
  value('string', 'exposure'),
  value('float', 'ev'),
  value('string', 'awb'),
  value('string', 'awbgains'),
  value('string', 'ccm'),
  flag('flush'),
  value('uint', 'wrap'),
  value('float', 'brightness'),
  value('float', 'contrast'),
  value('float', 'saturation'),
  value('float', 'sharpness'),
  value('float', 'framerate'),
  value('string', 'denoise'),
  value('uint', 'viewfinder-width'),
  value('uint', 'viewfinder-height'),
  value('string', 'tuning-file'),
  value('uint', 'lores-width'),
  value('uint', 'lores-height'),
  flag('lores-par'),
  value('string', 'mode'),
  value('string', 'viewfinder-mode'),
  value('uint', 'buffer-count'),
  value('uint', 'viewfinder-buffer-count'),
  flag('no-raw'),
  value('string', 'autofocus-mode'),
  value('string', 'autofocus-range'),
  value('string', 'autofocus-speed'),
  value('string', 'autofocus-window'),
  value('string', 'lens-position'),
  value('string', 'hdr', undefined, 'auto'),
  value('string', 'metadata'),
  value('string', 'metadata-format'),
  value('string', 'flicker-period'),
  value('string', 'bitrate', 'b'),
  value('string', 'profile'),
  value('string', 'level'),
  value('uint', 'intra', 'g'),
  flag('inline'),
  value('string', 'codec'),
  value('string', 'encoder-libs'),
  value('string', 'save-pts'),
  value('int', 'quality', 'q'),
  flag('listen', 'l'),
  flag('keypress', 'k'),
  flag('signal', 's'),
  value('string', 'initial', 'i'),
  flag('split'),
  value('uint', 'segment'),
  value('uint', 'circular', undefined, '4'),
  value('uint', 'frames'),
  value('string', 'libav-video-codec'),
  value('string', 'libav-video-codec-opts'),
  value('string', 'libav-format'),
  flag('libav-audio'),
  value('string', 'audio-codec'),
  value('string', 'audio-source'),
  value('string', 'audio-device'),
  value('uint', 'audio-channels'),
  value('string', 'audio-bitrate'),
  value('uint', 'audio-samplerate'),
  value('string', 'av-sync'),
  flag('low-latency'),
  value('string', 'sync'),
];
