/**
 * An executable that behaves like rpicam-vid 1.12, without a camera: see README.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBigKeyFrames } from './big-key-frames.js';
import { acquireCamera } from './camera-lock.js';
import { Capture } from './capture.js';
import { connectedCameras, listCameras } from './cameras.js';
import type { Camera } from './cameras.js';
import { readClip } from './clip.js';
import { monotonic } from './clock.js';
import { Uncaught } from './encoder.js';
import { readEnvironment } from './environment.js';
import type { Environment } from './environment.js';
import { FdWriter } from './fd-writer.js';
import { infoText } from './info-text.js';
import { logLine } from './log.js';
import { configureStreams, enumerateCameras, openCamera, openDevices } from './open-camera.js';
import { openEncoder } from './open-encoder.js';
import { parseOptions } from './option-values.js';
import type { OptionValues } from './option-values.js';
import { ProgramError } from './program-error.js';
import { PROJECT_ROOT } from './project-root.js';
import { PtsFile } from './pts-file.js';
import { checkAfterCamera, checkBeforeCamera, readSettings } from './settings.js';
import type { Settings } from './settings.js';
import { dieBy, handleSignals } from './signals.js';
import type { SignalState } from './signals.js';
import { sleep } from './sleep.js';
import { planStream } from './stream-plan.js';

/** From the start of the process to the first picture, in µs: what the recordings show, less some of Node's start. */
const START_TIME = 120_000;

/** What stopping the camera and the encoder takes, in ms. */
const STOP_TIME = 200;

/** Pictures that wait inside the program for a reader: six buffers of the camera, twelve more of the hardware encoder. */
const BUFFERS = { vc4: 18, pisp: 6 } as const;

async function main(argv: readonly string[], environment: Environment): Promise<void> {
  const permitted = !environment.faults.noPermission;
  openDevices(permitted);
  const values = parseOptions(argv);
  checkBeforeCamera(values);
  if (values.get('help') === '1') {
    await print(recorded('help-1.12.txt'));
    return;
  }
  if (values.get('version') === '1') {
    await print(recorded('version-1.12.txt').replace(/^rc=.*\n/m, ''));
    return;
  }
  const hdr = values.get('hdr') ?? 'off';
  if (!['off', 'single-exp', 'sensor', 'auto'].includes(hdr)) {
    throw new ProgramError(`Invalid HDR option provided: ${hdr}`);
  }
  const cameras = connectedCameras(environment.cameras);
  if (values.get('list-cameras') === '1') {
    await print(listCameras(cameras, await busyCameras(cameras, environment)));
    return;
  }
  enumerateCameras(cameras, Number(values.get('verbose') ?? 1), permitted);
  checkAfterCamera(values);
  await stream(values, environment);
}

/** Tries to acquire each camera, and the list goes wrong where that fails. */
async function busyCameras(
  cameras: readonly Camera[],
  environment: Environment,
): Promise<ReadonlySet<Camera>> {
  const busy = new Set<Camera>();
  for (const camera of cameras) {
    const lock = await acquireCamera(camera, environment);
    if (lock === undefined) {
      busy.add(camera);
    }
    lock?.release();
  }
  return busy;
}

async function stream(values: OptionValues, environment: Environment): Promise<void> {
  const { platform, faults } = environment;
  const settings = readSettings(values);
  if (settings.splitsOutput && settings.verbose > 0 && !settings.output.includes('%')) {
    logLine('WARNING: expected % directive in output filename');
  }
  const pts = settings.savePts === undefined ? undefined : new PtsFile(settings.savePts, settings.flush);
  if (environment.cameras === 0) {
    environment.strike();
  }
  if (faults.failWith !== undefined) {
    environment.strike();
    throw new ProgramError(faults.failWith);
  }
  await openCamera(connectedCameras(environment.cameras), settings, environment);
  const plan = planStream(platform, settings);
  const played = readClip(plan.clipFile, plan.level);
  const clip = environment.bigKeyFrames ? withBigKeyFrames(played) : played;
  configureStreams(settings, clip.sps.width, clip.sps.height);
  let state: SignalState = { stop: false, paused: settings.startPaused };
  const { encoder, closed } = openEncoder(environment, settings, plan, clip, pts, () => state.paused);
  if (faults.startDelay > 0) {
    environment.strike();
    await sleep(faults.startDelay);
  }
  const ready = (): Promise<void> => (platform === 'vc4' ? encoder.idle : Promise.resolve());
  const obeys = (): boolean => {
    if (faults.ignoresInterrupt) {
      environment.strike();
    }
    return !faults.ignoresInterrupt;
  };
  state = handleSignals(settings.signal, settings.startPaused, ready, obeys);
  const frameDuration = Math.floor(1e6 / plan.framerate);
  const now = monotonic();
  const sinceStart = Math.round(performance.now() * 1000);
  const options = {
    frameDuration,
    firstPicture: now + Math.max(0, START_TIME - sinceStart),
    timeout: settings.timeout,
    frames: settings.frames,
    buffers: BUFFERS[platform],
    verbose: settings.verbose,
    stopRequested: () => state.stop,
    onPicture: (index: number) => printInfo(settings, index, plan.framerate),
  };
  const capture = new Capture(encoder, options, environment);
  const reason = await capture.run();
  if (reason === 'timeout' && settings.verbose > 0) {
    logLine(`Halting: reached timeout of ${Math.floor(settings.timeout / 1000)} milliseconds.`);
  }
  await sleep(STOP_TIME);
  closed(capture.pictures);
}

function printInfo(settings: Settings, index: number, framerate: number): void {
  if (settings.verbose > 0 && (!settings.nopreview || settings.infoText !== undefined)) {
    logLine(infoText(settings.infoText, index, framerate));
  }
}

/** Writes to stdout and waits for it: process.exit() would cut off what a slow reader has not taken yet. */
async function print(text: string): Promise<void> {
  await new FdWriter(1).write(Buffer.from(text));
}

function recorded(file: string): string {
  return readFileSync(join(PROJECT_ROOT, 'test', 'fixtures', 'recordings', file), 'utf8');
}

try {
  await main(process.argv.slice(2), readEnvironment(process.env));
  process.exit(0);
} catch (error) {
  if (error instanceof Uncaught) {
    logLine("terminate called after throwing an instance of 'std::runtime_error'");
    logLine(`  what():  ${error.message}`);
    dieBy('SIGABRT');
  }
  if (!(error instanceof ProgramError)) {
    throw error;
  }
  logLine(`ERROR: *** ${error.message} ***`);
  process.exit(255);
}
