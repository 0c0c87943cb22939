/**
 * An executable that behaves like rpicam-vid 1.12, without a camera: see README.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capture, sleep } from './capture.js';
import { connectedCameras, listCameras } from './cameras.js';
import { readClip } from './clip.js';
import { monotonic } from './clock.js';
import { OutputLost } from './encoder.js';
import { readEnvironment } from './environment.js';
import type { Environment } from './environment.js';
import { FdWriter } from './fd-writer.js';
import { infoText } from './info-text.js';
import { logLine } from './log.js';
import { configureStreams, enumerateCameras, openCamera } from './open-camera.js';
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
import { planStream } from './stream-plan.js';

/** From the start of the process to the first picture, in µs: what the recordings show, less some of Node's start. */
const START_TIME = 120_000;

/** What stopping the camera and the encoder takes, in ms. */
const STOP_TIME = 200;

/** Pictures that wait inside the program for a reader: six buffers of the camera, twelve more of the hardware encoder. */
const BUFFERS = { vc4: 18, pisp: 6 } as const;

async function main(argv: readonly string[], environment: Environment): Promise<void> {
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
    await print(listCameras(cameras));
    return;
  }
  enumerateCameras(cameras, Number(values.get('verbose') ?? 1));
  checkAfterCamera(values);
  await stream(values, environment);
}

async function stream(values: OptionValues, environment: Environment): Promise<void> {
  const { platform } = environment;
  const settings = readSettings(values);
  if (settings.splitsOutput && settings.verbose > 0 && !settings.output.includes('%')) {
    logLine('WARNING: expected % directive in output filename');
  }
  const pts = settings.savePts === undefined ? undefined : new PtsFile(settings.savePts, settings.flush);
  if (environment.cameras === 0) {
    environment.strike();
  }
  openCamera(connectedCameras(environment.cameras), settings);
  const plan = planStream(platform, settings);
  const clip = readClip(plan.clipFile, plan.level);
  configureStreams(settings, clip.sps.width, clip.sps.height);
  let state: SignalState = { stop: false, paused: settings.startPaused };
  const { encoder, closed } = openEncoder(platform, settings, plan, clip, pts, () => state.paused);
  if (environment.startDelay > 0) {
    environment.strike();
    await sleep(environment.startDelay);
  }
  const ready = (): Promise<void> => (platform === 'vc4' ? encoder.idle : Promise.resolve());
  state = handleSignals(settings.signal, settings.startPaused, ready);
  const frameDuration = Math.floor(1e6 / plan.framerate);
  const now = monotonic();
  const sinceStart = Math.round(performance.now() * 1000);
  const options = {
    frameDuration,
    firstPicture: now + Math.max(0, START_TIME - sinceStart),
    timeout: settings.timeout,
    frames: settings.frames,
    buffers: BUFFERS[platform],
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
  if (error instanceof OutputLost) {
    // Thrown in a thread that nobody catches anything in.
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
