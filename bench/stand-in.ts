import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atExit } from './at-exit.js';

export type Platform = 'vc4' | 'pisp';

export const program = fileURLToPath(new URL('../../test/camera-stand-in/rpicam-vid', import.meta.url));

/** How long a camera may take to its first picture. */
const startLimitMs = 15_000;

/** A camera stand-in that notes when it wrote the last byte of each picture. */
export class BenchCamera {
  /** For FIFOs, and all that goes with the camera. */
  readonly folder = mkdtempSync(join(tmpdir(), 'libcamera-bench-'));
  /** Folder with the names of the video devices of that platform. */
  readonly deviceNames = join(this.folder, 'devices');
  /** For the process that starts the camera. */
  readonly environment: Readonly<Record<string, string>>;
  private readonly log = join(this.folder, 'written');
  private readonly forget = atExit(() => rmSync(this.folder, { recursive: true, force: true }));

  constructor(readonly platform: Platform) {
    mkdirSync(join(this.deviceNames, 'video0'), { recursive: true });
    const device = platform === 'vc4' ? 'bcm2835-isp-output0' : 'pispbe-input';
    writeFileSync(join(this.deviceNames, 'video0', 'name'), `${device}\n`);
    this.environment = {
      CAMERA_STAND_IN_PLATFORM: platform,
      CAMERA_STAND_IN_NODE: process.execPath,
      CAMERA_STAND_IN_WRITE_LOG: this.log,
    };
  }

  /** When the last byte of each picture was written, in µs on the monotonic clock, by the picture's number. */
  writtenUs(): Map<number, number> {
    const lines = existsSync(this.log) ? readFileSync(this.log, 'utf8').trim().split('\n') : [];
    return new Map(lines.map((line) => line.split(' ').map(Number) as [number, number]));
  }

  /** Waits for the first picture. */
  async streams(): Promise<void> {
    const endMs = performance.now() + startLimitMs;
    while (!existsSync(this.log)) {
      if (performance.now() > endMs) throw new Error('The camera does not start.');
      await pause(20);
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
    this.forget();
  }
}
