import type { DiagnosisContext, DiagnosisKind, ProcessEnd } from '../../src/camera/diagnosis.js';

/** A way for the camera program to end, and what people are told. */
export interface ContractRow {
  readonly title: string;
  readonly stderr: readonly string[];
  /** Exit status 255 where nothing else is said. */
  readonly end?: Partial<ProcessEnd>;
  readonly context?: Partial<DiagnosisContext>;
  readonly kind: DiagnosisKind;
  /** A part of the reason. */
  readonly says: string;
  readonly remedy: RegExp;
}

type Rest = Pick<ContractRow, 'kind' | 'says' | 'remedy' | 'end' | 'context'>;

/** A line of libcamera, in the form it has since 2020; file and line number move between versions. */
function libcamera(level: 'INFO' | 'WARN' | 'ERROR', category: string, message: string): string {
  return `[0:01:02.123456789] [1234] ${level.padStart(5)} ${category} some_file.cpp:123 ${message}`;
}

/** What rpicam-apps gives up with on its main thread. */
function fatal(text: string): string {
  return `ERROR: *** ${text} ***`;
}

/** A row for each text, which is all the program says. */
function each(texts: readonly string[], rest: Rest): ContractRow[] {
  return texts.map((text) => ({ title: text, stderr: [fatal(text)], ...rest }));
}

/** A row for each text of libcamera before the same last words. */
function before(
  last: string,
  texts: readonly (readonly [category: string, text: string])[],
  rest: Rest,
): ContractRow[] {
  return texts.map(([category, text]) => ({
    title: `${text}, then ${last}`,
    stderr: [libcamera('ERROR', category, text), fatal(last)],
    ...rest,
  }));
}

/** What it says when it gives up on a thread of its own. */
function thrown(text: string, rest: Rest): ContractRow {
  return {
    title: `what(): ${text}`,
    stderr: ["terminate called after throwing an instance of 'std::runtime_error'", `  what():  ${text}`],
    end: { code: null, signal: 'SIGABRT' },
    ...rest,
  };
}

const camera = '/base/soc/i2c0mux/i2c@1/imx708@1a';
const noCameras = 'no cameras available';

const option: Rest = {
  kind: 'fatal-config',
  says: 'refuses an option',
  remedy: /image options or "extraArguments"/,
};
const value: Rest = { ...option, says: 'refuses the value of an option' };
const encoder: Rest = { kind: 'fatal-config', says: 'encoder refuses its settings', remedy: /"bitrate"/ };
const noEncoder: Rest = {
  kind: 'install',
  says: 'without the H.264 encoder',
  remedy: /sudo apt install rpicam-apps \(or.* Lite .*sudo apt install rpicam-apps-encoder/,
};
const postProcess: Rest = {
  kind: 'fatal-config',
  says: 'post-processing file',
  remedy: /"post-process-file"/,
};
const tuning: Rest = {
  kind: 'fatal-config',
  says: 'The tuning file cannot be read',
  remedy: /"tuning-file"/,
  context: { tuningFile: true },
};
const sensor: Rest = { kind: 'platform', says: 'the sensor of the camera', remedy: /sudo apt full-upgrade/ };
const file: Rest = { kind: 'permission', says: 'may not write a file', remedy: /write in the folder/ };
const hardwareEncoder: Rest = {
  kind: 'transient',
  says: 'video encoder does not start',
  remedy: /other programs.* encoder.*smaller "width"/,
};
const permission: Rest = {
  kind: 'permission',
  says: 'may not be opened by the user',
  // Root needs no group, but a container that gives it the devices.
  remedy: /sudo usermod -aG video \S+, then restart Homebridge|container/,
};
const busy: Rest = {
  kind: 'busy',
  says: 'Another program is using the camera.',
  remedy: /^End that program/,
};
const memory: Rest = {
  kind: 'transient',
  says: 'memory for pictures',
  remedy: /smaller "width".*"buffer-count" to 3 or 4.*"no-raw".*"cma="/,
};
const size: Rest = {
  kind: 'fatal-config',
  says: 'pictures of this size or mode',
  remedy: /"width".*"sensor-mode"/,
};
const silent: Rest = { kind: 'hardware-missing', says: 'The camera stopped answering.', remedy: /cable/ };
const starting: Rest = { kind: 'transient', says: 'The camera does not start.', remedy: /cable/ };
const missing: Rest = { kind: 'hardware-missing', says: 'No camera was found.', remedy: /ribbon cable/ };
const closed: Rest = {
  kind: 'transient',
  says: 'output of the camera program was closed, or its clock jumped',
  remedy: /sudo apt/,
};
const running: Rest = { kind: 'transient', says: 'failed while it ran', remedy: /"buffer-count"/ };

/** Every text of the string table of the camera process contract, as the programs write it. */
export const contractRows: readonly ContractRow[] = [
  ...each(
    [
      "unrecognised option '--nosuch'",
      "the argument ('abc') for option '--width' is invalid",
      "the required argument for option '--width' is missing",
      "option '--width' requires at least one argument",
      "option '--nopreview' does not take any arguments",
      "option '--width' cannot be specified more than once",
      "option '--lores' is ambiguous and matches '--lores-height', '--lores-par', and '--lores-width'",
    ],
    option,
  ),
  ...each(
    [
      'Invalid time string provided',
      'Invalid bitrate string provided',
      'Invalid mode',
      'Packing indicator should be P or U',
      'Invalid lens position: near',
      'Invalid HDR option provided: maybe',
      'Invalid metering mode: foo',
      'Invalid exposure mode:foo',
      'Invalid AfMode:foo',
      'Invalid AfRange mode:foo',
      'Invalid afSpeed mode:foo',
      'Invalid AWB mode: foo',
      'Invalid AWB gains',
      'Invalid CCM',
      'Invalid denoise mode foo',
      'illegal rotation value',
      'transforms requiring transpose not supported',
      'unrecognised metadata format foo',
      'unrecognised codec h265',
      'Unrecognised codec libav',
      'incorrect initial value foo',
      'incorrect sync value foo',
      'no such profile foo',
      'no such level 3.1',
      'libav: no such profile foo',
      'bad network address foo',
      'Low res image larger than video',
    ],
    value,
  ),
  ...each(
    [
      'libav: cannot allocate output context, try setting with --libav-format',
      'libav: codec option error foo=1: -1414549496',
      'libav: please specify output format with the --libav-format argument',
      'libav: unable to open video codec: -542398533',
      'libav: cannot find video encoder libx264',
    ],
    encoder,
  ),
  {
    title: 'libav: Incompatible options',
    stderr: [
      'ERROR: The libav encoder does not currently support the circular, segment, save_pts, split, or pause command line options with non-elementary streams!',
      fatal('libav: Incompatible options selected.'),
    ],
    ...encoder,
  },
  ...each(['Unable to find an appropriate H.264 codec', "unrecognised option '--libav-format'"], noEncoder),
  {
    title: 'no encoder, with a program of the old name',
    stderr: [fatal("unrecognised option '--libav-format'")],
    ...noEncoder,
    context: { program: 'libcamera-vid' },
    remedy: /sudo apt install libcamera-apps$/,
  },
  ...each(
    [
      '/nonexistent.json: cannot open file',
      "/home/pi/motion.json(3): expected ',' or '}'",
      'No such node (hskip)',
      'TfStage: Failed to load model',
      '/usr/share/x.rpk not found!',
    ],
    postProcess,
  ),
  {
    title: 'No post processing stage found is no error',
    stderr: ['No post processing stage found for "hailo_yolo"'],
    end: { code: 1 },
    kind: 'transient',
    says: 'ended unexpectedly (exit status 1).',
    remedy: /sudo apt/,
  },
  ...[
    'Failed to load tuning data file /home/pi/a.json',
    'Failed to load a suitable IPA library',
    'Failed to register camera imx708: -22',
  ].map((text): ContractRow => ({
    title: `${text}, with a tuning file`,
    stderr: [libcamera('ERROR', 'RPI', text), fatal(noCameras)],
    ...tuning,
  })),
  {
    title: 'a tuning file that is not there, all its lines',
    stderr: [
      libcamera('WARN', 'RPiController', "Failed to open tuning file '/home/pi/a.json'"),
      libcamera('ERROR', 'IPARPI', 'Failed to load tuning data file /home/pi/a.json'),
      libcamera('ERROR', 'RPI', 'Failed to load a suitable IPA library'),
      libcamera('ERROR', 'RPI', 'Failed to register camera imx708: -22'),
      fatal(noCameras),
    ],
    ...tuning,
  },
  {
    title: 'a tuning file that is not there, only a warning',
    stderr: [
      libcamera('WARN', 'RPiController', "Failed to open tuning file '/home/pi/a.json'"),
      fatal(noCameras),
    ],
    ...tuning,
  },
  ...before(
    noCameras,
    [
      ['RPI', 'Failed to load a suitable IPA library'],
      ['RPI', 'Failed to register camera imx708: -22'],
      ['IPAProxy', "Configuration file 'vd56g3_mono.json' not found for IPA module 'rpi/pisp'"],
      ['IPARPI', 'Could not create camera helper for vd56g3'],
    ],
    sensor,
  ),
  ...['Failed to load tuning data file a.json', "Failed to open tuning file 'a.json'"].map(
    (text): ContractRow => ({
      title: `${text}, without a tuning file of the user`,
      stderr: [libcamera('ERROR', 'IPARPI', text), fatal(noCameras)],
      ...sensor,
    }),
  ),
  ...before(
    'selected camera is not available',
    [['IPARPI', 'Could not create camera helper for vd56g3']],
    sensor,
  ),
  ...before(
    'selected camera is not available',
    [['RPI', 'Failed to register camera vd56g3 10-0010: -22']],
    sensor,
  ),
  ...before(
    'selected camera is not available',
    [['IPARPI', 'Failed to load tuning data file a.json']],
    tuning,
  ),
  {
    title: 'a second sensor without support is not why the first one does not start',
    stderr: [
      libcamera('WARN', 'RPiController', "Failed to open tuning file 'a.json'"),
      libcamera('ERROR', 'IPARPI', 'Could not create camera helper for vd56g3'),
      libcamera('ERROR', 'RPI', 'Failed to register camera vd56g3 10-0010: -22'),
      fatal('failed to start camera'),
    ],
    ...starting,
    context: { tuningFile: true },
  },
  {
    title: 'the same without a tuning file of the user',
    stderr: [
      libcamera('ERROR', 'RPI', 'Failed to register camera vd56g3 10-0010: -22'),
      fatal('failed to start camera'),
    ],
    ...starting,
  },
  {
    title: 'a sensor without support, also with a tuning file',
    stderr: [
      libcamera('ERROR', 'IPARPI', 'Could not create camera helper for vd56g3'),
      libcamera('ERROR', 'RPI', 'Failed to load a suitable IPA library'),
      libcamera('ERROR', 'RPI', 'Failed to register camera vd56g3 10-0010: -22'),
      fatal(noCameras),
    ],
    ...sensor,
    context: { tuningFile: true },
  },
  {
    title: 'a second sensor without support is not why the first one is busy',
    stderr: [
      libcamera('ERROR', 'IPARPI', 'Could not create camera helper for vd56g3'),
      libcamera('ERROR', 'RPI', 'Failed to register camera vd56g3 10-0010: -22'),
      libcamera('INFO', 'Camera', 'Pipeline handler in use by another process'),
      fatal(`failed to acquire camera ${camera}`),
    ],
    ...busy,
  },
  ...each(
    ['failed to open output file /nowhere/a.h264', 'Failed to open timestamp file /nowhere/pts.txt'],
    file,
  ),
  ...each(
    [
      'failed to start output streaming',
      'failed to set output format',
      'failed to set capture format',
      'failed to start capture streaming',
    ],
    hardwareEncoder,
  ),
  ...each(['failed to open V4L2 H264 encoder'], {
    ...permission,
    says: 'The video encoder is missing, or may not be opened',
  }),
  ...each([noCameras, 'failed to find camera /base/soc/nothing'], missing),
  {
    title: 'no cameras on a machine without a camera interface',
    stderr: [fatal(noCameras)],
    context: { platform: 'none' },
    kind: 'hardware-missing',
    says: 'no camera interface',
    remedy: /"camera_auto_detect=1".*sudo reboot/,
  },
  ...each(['selected camera is not available'], {
    kind: 'hardware-missing',
    says: 'no camera with the configured number',
    remedy: /Correct "camera" .* ribbon cable/,
  }),
  ...each(['camera manager failed to start, code -19'], {
    kind: 'transient',
    says: 'The camera system of the Raspberry Pi does not start.',
    remedy: /sudo reboot$/,
  }),
  {
    title: 'busy, as libcamera and the program say it',
    stderr: [
      libcamera('INFO', 'Camera', 'Pipeline handler in use by another process'),
      fatal(`failed to acquire camera ${camera}`),
    ],
    ...busy,
  },
  {
    title: 'busy, as libcamera alone says it',
    stderr: [libcamera('INFO', 'Camera', 'Pipeline handler in use by another process')],
    ...busy,
  },
  ...each([`failed to acquire camera ${camera}`], busy),
  ...before(
    'failed to start camera',
    [['V4L2', '/dev/video0[14:cap]: Failed to start streaming: Device or resource busy']],
    busy,
  ),
  ...before(
    'failed to start something',
    [['V4L2', "'imx708': Unable to set controls: Device or resource busy"]],
    busy,
  ),
  {
    title: 'a refused control is not why an option is refused',
    stderr: [
      libcamera('ERROR', 'V4L2', "'imx708': Unable to set controls: Device or resource busy"),
      fatal('no such profile foo'),
    ],
    ...value,
  },
  {
    title: 'Could not open any dmaHeap device, then an allocation that fails',
    stderr: [
      'Could not open any dmaHeap device',
      libcamera('ERROR', 'DmaBufAllocator', 'Could not open any dma-buf provider'),
      'dmaHeap allocation failure for rpicam-apps0',
      fatal('failed to allocate capture buffers for stream'),
    ],
    ...permission,
  },
  {
    title: 'Could not open any dmaHeap device',
    stderr: ['Could not open any dmaHeap device', fatal(noCameras)],
    ...permission,
  },
  ...before(
    noCameras,
    [
      ['DmaBufAllocator', 'Could not open any dma-buf provider'],
      ['DeviceEnumerator', 'Unable to populate media device /dev/media0 (Permission denied), skipping'],
      ['V4L2', "'/dev/video14': Failed to open V4L2 device: Permission denied"],
      ['MediaDevice', '/dev/media0: Failed to open media device at /dev/media0: Permission denied'],
      ['V4L2', "'/dev/video14': Failed to open V4L2 device '/dev/video14': Operation not permitted"],
    ],
    permission,
  ),
  {
    title: 'no permission, all its lines',
    stderr: [
      'Could not open any dmaHeap device',
      libcamera(
        'WARN',
        'DeviceEnumerator',
        'Unable to populate media device /dev/media3 (Permission denied), skipping',
      ),
      libcamera(
        'ERROR',
        'V4L2',
        "'/dev/v4l-subdev0': Failed to open V4L2 device '/dev/v4l-subdev0': Permission denied",
      ),
      libcamera('ERROR', 'RPI', 'Failed to register camera imx219 10-0010: -12'),
      fatal(noCameras),
    ],
    ...permission,
  },
  ...before(
    'failed to open V4L2 H264 encoder',
    [['V4L2', "'/dev/video11': Failed to open V4L2 device: Permission denied"]],
    permission,
  ),
  ...before(
    'failed to find camera',
    [
      ['MediaDevice', 'Failed to open media device at 3: Permission denied'],
      ['V4L2', 'Could not open /dev/video0: Permission denied'],
      ['V4L2', 'Could not open /dev/v4l-subdev0: Permission denied'],
    ],
    permission,
  ),
  {
    title: 'a media device of somebody else is not why the camera is busy',
    stderr: [
      libcamera(
        'WARN',
        'DeviceEnumerator',
        'Unable to populate media device /dev/media3 (Permission denied), skipping',
      ),
      libcamera('INFO', 'Camera', 'Pipeline handler in use by another process'),
      fatal(`failed to acquire camera ${camera}`),
    ],
    ...busy,
  },
  {
    title: 'dmaHeap allocation failure',
    stderr: [
      'dmaHeap allocation failure for rpicam-apps0',
      fatal('failed to allocate capture buffers for stream'),
    ],
    ...memory,
  },
  ...each(['failed to allocate capture buffers'], memory),
  ...before(
    'failed to allocate capture buffers',
    [
      ['V4L2', '/dev/video0[12:cap]: Unable to request 1 buffers: Cannot allocate memory'],
      ['V4L2', '/dev/video0[12:cap]: Not enough buffers provided by V4L2VideoDevice'],
    ],
    memory,
  ),
  ...before(
    'failed to start camera',
    [
      ['RPI', 'Failed to allocate buffers'],
      ['RPI', 'Failed to queue buffers'],
      ['RPI', 'dma-heap allocation failure for embedded-data'],
      ['DmaBufAllocator', 'dma-heap allocation failure for rpicam-apps1'],
    ],
    memory,
  ),
  ...before(
    'failed to start camera',
    [
      ['V4L2', '/dev/video14[16:cap]: Unable to request 1 buffers: Invalid argument'],
      ['V4L2', '/dev/video14[16:cap]: Not enough buffers provided by V4L2VideoDevice'],
      ['V4L2', '/dev/video14[16:cap]: Unable to export buffer: Cannot allocate memory'],
    ],
    memory,
  ),
  thrown('std::bad_alloc', memory),
  ...each(
    [
      'failed to valid stream configurations',
      'failed to configure streams',
      'failed to generate video configuration',
    ],
    size,
  ),
  ...before('failed to start something', [['RPI', 'Invalid sensor configuration request']], size),
  ...each(['failed to start camera'], starting),
  ...before(
    'failed to start camera',
    [['V4L2', '/dev/video0[14:cap]: Failed to start streaming: Invalid argument']],
    starting,
  ),
  ...before(
    'failed to start something',
    [['V4L2', '/dev/video0[14:cap]: Failed to start streaming: Broken pipe']],
    starting,
  ),
  ...before(
    'failed to start camera',
    [
      ['RPI', 'Camera frontend has timed out!'],
      ['RPI', 'Unicam has timed out!'],
      ['V4L2', '/dev/video0[14:cap]: Failed to start streaming: Remote I/O error'],
      ['V4L2', '/dev/video0[14:cap]: Failed to start streaming: Input/output error'],
      ['V4L2', '/dev/video0[14:cap]: Failed to start streaming: Connection timed out'],
    ],
    silent,
  ),
  {
    title: 'Device timeout detected, all its lines',
    stderr: [
      libcamera('WARN', 'V4L2', '/dev/video0[14:cap]: Dequeue timer of 1000000.00us has expired!'),
      libcamera('ERROR', 'RPI', 'Camera frontend has timed out!'),
      libcamera('ERROR', 'RPI', 'Please check that your camera sensor connector is attached securely.'),
      libcamera('ERROR', 'RPI', 'Alternatively, try another cable and/or sensor.'),
      'ERROR: Device timeout detected, attempting a restart!!!',
      fatal('failed to start camera'),
    ],
    ...silent,
  },
  {
    title: 'Device timeout detected, until it was killed',
    stderr: ['ERROR: Device timeout detected, attempting a restart!!!'],
    end: { code: null, signal: 'SIGKILL' },
    ...silent,
  },
  thrown('failed to write output bytes', closed),
  thrown('libav: error writing output: Broken pipe', closed),
  thrown('libav: error writing output: Invalid argument', closed),
  {
    title: 'timeouts that passed are not why its output was closed',
    stderr: [
      'ERROR: Device timeout detected, attempting a restart!!!',
      '  what():  failed to write output bytes',
    ],
    end: { code: null, signal: 'SIGABRT' },
    ...closed,
  },
  ...each(
    ['no buffers available to queue codec input', 'failed to queue request', 'failed to stop camera'],
    running,
  ),
  ...[
    'failed to queue input to codec',
    'failed to re-queue encoded buffer',
    'libav: error encoding frame: -22',
    'failed to sync dma buf',
  ].map((text) => thrown(text, running)),
  {
    title: 'the legacy camera stack',
    stderr: ['ERROR: the system appears to be configured for the legacy camera stack'],
    kind: 'platform',
    says: 'old camera stack',
    remedy: /sudo raspi-config.*sudo reboot$/,
  },
  {
    title: 'no Raspberry Pi',
    stderr: ['ERROR: rpicam-apps currently only supports the Raspberry Pi platforms.'],
    kind: 'platform',
    says: 'finds no Raspberry Pi',
    remedy: /"start_x=1".*sudo reboot$/,
  },
  ...each(['libav: cannot open pulse input device default'], {
    kind: 'fatal-config',
    says: 'microphone',
    remedy: /--libav-audio/,
  }),
  ...each(['libav: unable to open video codec: -12'], {
    kind: 'transient',
    says: 'memory',
    remedy: /smaller/,
  }),
  {
    title: 'a missing library',
    stderr: [
      'rpicam-vid: error while loading shared libraries: rpicam_app.so.1.7.0: cannot open shared object file: No such file or directory',
    ],
    end: { code: 127 },
    kind: 'install',
    says: 'misses a library',
    remedy: /\/usr\/local\/bin.*sudo apt install --reinstall rpicam-apps$/,
  },
];
