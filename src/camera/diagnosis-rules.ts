import type { DiagnosisContext, DiagnosisKind } from './diagnosis.js';

/** A sentence for people, or what makes it. */
export type DiagnosisText = string | ((context: DiagnosisContext) => string);

/** One trouble and the texts it is known by, as rpicam-apps, libcamera, FFmpeg, Boost and the linker write them. */
export interface DiagnosisRule {
  readonly kind: DiagnosisKind;
  /** On any line, also a warning long before the end; without it the rule is about the last words alone. */
  readonly pattern?: RegExp;
  /** On the last words: the text of `ERROR: *** … ***` or `what():`. */
  readonly last?: RegExp;
  readonly when?: (context: DiagnosisContext) => boolean;
  readonly reason: DiagnosisText;
  readonly remedy: DiagnosisText;
}

const correctOption = 'Correct the image options or "extraArguments" in the configuration.';
const update = 'update the system: sudo apt update && sudo apt full-upgrade';
const again = `If this happens again and again, ${update}`;

/** Root needs no group: what it may not open, a container keeps from it. */
function allow({ user }: DiagnosisContext): string {
  return user === 'root'
    ? 'Give the container of Homebridge the devices /dev/media*, /dev/video* and /dev/dma_heap.'
    : `Run: sudo usermod -aG video ${user}, then restart Homebridge.`;
}

/** The package that has the program; it was renamed together with it (1.4.0). */
export function packageOf({ program }: DiagnosisContext): string {
  return program === 'libcamera-vid' ? 'libcamera-apps' : 'rpicam-apps';
}

/** "Lite" packages were built without libav; from 1.8.1 on the encoder has a package of its own (debian/control). */
function installEncoder(context: DiagnosisContext): string {
  const install = `Install it: sudo apt install ${packageOf(context)}`;
  return packageOf(context) === 'rpicam-apps'
    ? `${install} (or, on Raspberry Pi OS Lite from version 1.8.1 on: sudo apt install rpicam-apps-encoder)`
    : install;
}

const tuningFailed = {
  kind: 'fatal-config',
  reason: 'The tuning file cannot be read, or is not one for this camera.',
  remedy: 'Correct "tuning-file" in the configuration, or leave it out.',
} as const;

/** What it ends with when the camera it wants is not among those that libcamera could set up. */
const withoutCamera = /^no cameras available|^selected camera is not available/;

/**
 * The first rule that fits wins. In this order: what stops it at once; last words that tell all by themselves; causes on
 * earlier lines of last words that do not (`no cameras available` is said of a camera that may not be opened, too);
 * those last words themselves.
 */
export const diagnosisRules: readonly DiagnosisRule[] = [
  {
    pattern: /error while loading shared libraries/,
    kind: 'install',
    reason: 'The camera program misses a library.',
    remedy: (context) =>
      `Remove copies of your own from /usr/local/bin and run: sudo apt install --reinstall ${packageOf(context)}`,
  },
  {
    // The shell in between (shared/spawn-bound.ts) finds it missing, or Node.js where there is none.
    pattern: /^exec: .*: not found$|^spawn .*\b(?:ENOENT|ENOEXEC)$/,
    kind: 'install',
    reason: 'The camera program is not installed, or is none for this processor.',
    remedy: (context) =>
      `Correct "program" in the configuration if you have set it, or else install it: sudo apt install ${packageOf(context)}`,
  },
  {
    pattern: /^exec: .*: Permission denied$|^spawn .*\b(?:EACCES|EPERM)$/,
    kind: 'permission',
    reason: ({ user }) => `The camera program may not be run by the user "${user}".`,
    remedy: 'Make it executable for everybody with chmod a+rx, or leave "program" out of the configuration.',
  },
  {
    pattern: /^spawn .*\b(?:EAGAIN|ENOMEM|EMFILE|ENFILE)$/,
    kind: 'transient',
    reason: 'The system has no memory, or no room for another process.',
    remedy: 'If this happens again and again, end other programs, or restart the Raspberry Pi: sudo reboot',
  },
  {
    pattern: /configured for the legacy camera stack/,
    kind: 'platform',
    reason: 'The old camera stack is switched on.',
    remedy:
      'Run sudo raspi-config, choose Interface Options, Legacy Camera, No, and restart the Raspberry Pi: sudo reboot',
  },
  {
    pattern: /currently only supports the Raspberry Pi platforms/,
    kind: 'platform',
    reason: 'The camera program finds no Raspberry Pi, or one with an unsuitable camera setup.',
    remedy:
      'Remove "start_x=1" and "vc4-fkms-v3d" from /boot/firmware/config.txt and restart the Raspberry Pi: sudo reboot',
  },
  {
    last: /unrecognised option '--libav|^Unable to find an appropriate H\.264 codec/,
    kind: 'install',
    reason: 'The camera program was built without the H.264 encoder this Pi needs.',
    remedy: installEncoder,
  },
  {
    last: /unrecognised option '|the (?:required )?argument (?:\('.*'\) )?for option|specified more than once|is ambiguous and matches|does not take any arguments|requires at least one argument/,
    kind: 'fatal-config',
    reason: 'The camera program refuses an option.',
    remedy: correctOption,
  },
  {
    last: /^Invalid (?:time string|bitrate string|mode|lens position|HDR option|metering mode|exposure mode|Af(?:Mode|Range|Speed)|AWB|CCM|denoise mode)|Packing indicator should be|illegal rotation value|transforms requiring transpose|unrecognised metadata format|unrecognised codec|incorrect (?:initial|sync) value|no such (?:profile|level)|bad network address|Low res image larger than video/i,
    kind: 'fatal-config',
    reason: 'The camera program refuses the value of an option.',
    remedy: correctOption,
  },
  {
    last: /^libav: cannot open \w+ input device/,
    kind: 'fatal-config',
    reason: 'The microphone cannot be opened.',
    remedy: 'Remove "--libav-audio" and what belongs to it from "extraArguments".',
  },
  {
    // AVERROR(ENOMEM): the only one of its numbers that passes by itself.
    last: /^libav: unable to open video codec: -12$/,
    kind: 'transient',
    reason: 'The memory is used up.',
    remedy: 'Choose a smaller "width" and "height", or end other programs.',
  },
  {
    last: /^libav: (?:cannot allocate output context|Incompatible options|codec option error|please specify output format|unable to open video codec|cannot find video encoder)/,
    kind: 'fatal-config',
    reason: 'The video encoder refuses its settings.',
    remedy: 'Correct "bitrate", the image options or "extraArguments" in the configuration.',
  },
  {
    last: /: cannot open file$|^[^:]*\(\d+\): |^No such node \(|Failed to load model|^\S+ not found!$/,
    kind: 'fatal-config',
    reason: 'The post-processing file, or a file it names, cannot be read or has a mistake.',
    remedy: 'Correct "post-process-file" in the configuration, or leave it out.',
  },
  {
    last: /^failed to open output file|^Failed to open timestamp file/i,
    kind: 'permission',
    reason: ({ user }) =>
      `The user "${user}" may not write a file of the camera program, or its folder is missing.`,
    remedy: 'Correct the paths in "extraArguments", or let that user write in the folder.',
  },
  {
    last: /^failed to write output bytes|^libav: error writing output/,
    kind: 'transient',
    reason: 'The output of the camera program was closed, or its clock jumped.',
    remedy: again,
  },
  {
    last: /^no buffers available to queue codec input|^failed to queue input to codec|^failed to re-queue encoded buffer|^libav: error encoding frame|^failed to sync dma buf|^failed to queue request|^failed to stop camera/,
    kind: 'transient',
    reason: 'The camera program failed while it ran.',
    remedy: `If this happens again and again, leave out "buffer-count", and ${update}`,
  },
  {
    // Before the permissions: libcamera also warns of media devices that are none of the camera's.
    pattern: /Pipeline handler in use by another process|^failed to acquire camera/,
    kind: 'busy',
    reason: 'Another program is using the camera.',
    remedy: 'End that program.',
  },
  {
    // Not the allocation failures that follow from it, which a full memory causes as well.
    pattern:
      /Could not open any dma(?:Heap device|-buf provider)|(?:V4L2 device|media device|\/dev\/(?:media|video|v4l-subdev|dma_heap)).*(?:Permission denied|Operation not permitted)/,
    kind: 'permission',
    reason: ({ user }) => `The camera devices may not be opened by the user "${user}" that runs Homebridge.`,
    remedy: allow,
  },
  {
    pattern: /Failed to load tuning data file|Failed to open tuning file/,
    last: withoutCamera,
    when: ({ tuningFile }) => tuningFile,
    ...tuningFailed,
  },
  {
    pattern: /Configuration file '.*' not found for IPA module|Could not create camera helper for/,
    last: withoutCamera,
    kind: 'platform',
    reason: 'This system does not support the sensor of the camera.',
    remedy: "Install the driver of the camera's maker, or update: sudo apt update && sudo apt full-upgrade",
  },
  {
    pattern: /Failed to load a suitable IPA library|Failed to register camera .*: -22\b/,
    last: withoutCamera,
    when: ({ tuningFile }) => tuningFile,
    ...tuningFailed,
  },
  {
    pattern:
      /Failed to load (?:tuning data file|a suitable IPA library)|Failed to open tuning file|Failed to register camera .*: -22\b/,
    last: withoutCamera,
    kind: 'platform',
    reason: 'This system cannot set up the sensor of the camera.',
    remedy: 'Update the system: sudo apt update && sudo apt full-upgrade, then restart it: sudo reboot',
  },
  {
    // Settings that were refused as busy are a hint only: a start that goes well has them, too.
    pattern: /^(?!.*Unable to set controls).*Device or resource busy/,
    kind: 'busy',
    reason: 'Another program is using the camera.',
    remedy: 'End that program.',
  },
  {
    pattern:
      /dma-?heap allocation failure|failed to allocate capture buffers|Unable to request \d+ buffers|Not enough buffers provided|Failed to (?:allocate|queue) buffers|Cannot allocate memory|std::bad_alloc/i,
    kind: 'transient',
    reason: 'The memory for pictures is used up or in pieces.',
    remedy:
      'Choose a smaller "width" and "height", set "buffer-count" to 3 or 4, set "no-raw", or raise "cma=" in /boot/firmware/config.txt.',
  },
  {
    last: /^selected camera is not available/,
    kind: 'hardware-missing',
    reason: 'There is no camera with the configured number.',
    remedy: 'Correct "camera" in the configuration, or check the ribbon cable, with the power off.',
  },
  {
    pattern:
      /(?:frontend|Unicam) has timed out|Device timeout detected|Failed to start streaming: (?:Remote I\/O error|Input\/output error|Connection timed out)/,
    kind: 'hardware-missing',
    reason: 'The camera stopped answering.',
    remedy: 'Check the ribbon cable at both ends, with the power off, or try another cable.',
  },
  {
    last: /^no cameras available/,
    when: ({ platform }) => platform === 'none',
    kind: 'hardware-missing',
    reason: 'No camera was found, and no camera interface of a Raspberry Pi.',
    remedy: `Set "camera_auto_detect=1" in /boot/firmware/config.txt, and restart the Raspberry Pi: sudo reboot`,
  },
  {
    last: /^no cameras available|^failed to find camera/,
    kind: 'hardware-missing',
    reason: 'No camera was found.',
    remedy: 'Check the ribbon cable at both ends, with the power off.',
  },
  {
    last: /^camera manager failed to start/,
    kind: 'transient',
    reason: 'The camera system of the Raspberry Pi does not start.',
    remedy: 'If this happens again and again, restart the Raspberry Pi: sudo reboot',
  },
  {
    last: /^failed to open V4L2 H264 encoder/,
    kind: 'permission',
    reason: ({ user }) => `The video encoder is missing, or may not be opened by the user "${user}".`,
    remedy: allow,
  },
  {
    last: /^failed to start (?:output|capture) streaming|^failed to set (?:output|capture) format/,
    kind: 'transient',
    reason: 'The video encoder does not start.',
    remedy:
      'End other programs that may use the video encoder, or else choose a smaller "width" and "height".',
  },
  {
    pattern:
      /^failed to valid stream configurations|^failed to configure streams|^failed to generate video configuration|Invalid sensor configuration/,
    kind: 'fatal-config',
    reason: 'The camera cannot deliver pictures of this size or mode.',
    remedy: 'Correct "width", "height" or "sensor-mode" in the configuration.',
  },
  {
    pattern: /^failed to start camera|Failed to start streaming: /,
    kind: 'transient',
    reason: 'The camera does not start.',
    remedy: 'If this happens again and again, check the ribbon cable at both ends, with the power off.',
  },
  {
    pattern: /Unable to set controls: Device or resource busy/,
    kind: 'busy',
    reason: 'Another program is using the camera.',
    remedy: 'End that program.',
  },
];
