import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Platform = 'vc4' | 'pisp';

export const program = fileURLToPath(new URL('../../test/camera-stand-in/rpicam-vid', import.meta.url));

/** A camera stand-in that notes when it wrote the last byte of each picture. */
export interface BenchCamera {
  /** Folder with the names of the video devices of that platform. */
  readonly deviceNames: string;
  readonly folder: string;
  /** When the last byte of each picture was written, in µs on the monotonic clock, by the picture's number. */
  writtenUs(): Map<number, number>;
  close(): void;
}

/** Sets this process's environment for the stand-in, which inherits it. */
export function prepareStandIn(platform: Platform): BenchCamera {
  const folder = mkdtempSync(join(tmpdir(), 'libcamera-bench-'));
  const deviceNames = join(folder, 'devices');
  const log = join(folder, 'written');
  mkdirSync(join(deviceNames, 'video0'), { recursive: true });
  writeFileSync(
    join(deviceNames, 'video0', 'name'),
    platform === 'vc4' ? 'bcm2835-isp-output0\n' : 'pispbe-input\n',
  );
  process.env.CAMERA_STAND_IN_PLATFORM = platform;
  process.env.CAMERA_STAND_IN_NODE = process.execPath;
  process.env.CAMERA_STAND_IN_WRITE_LOG = log;
  return {
    deviceNames,
    folder,
    writtenUs() {
      const lines = readFileSync(log, 'utf8').trim().split('\n');
      return new Map(lines.map((line) => line.split(' ').map(Number) as [number, number]));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
