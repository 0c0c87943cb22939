import type { ProcessRegistry } from '../shared/spawn-bound.js';
import { userName } from '../shared/user-name.js';
import type { CameraHost } from './camera-host.js';
import { findCameraHolder } from './camera-holder.js';
import { CameraProcess } from './camera-process.js';
import type { CameraPrograms } from './camera-programs.js';
import { carriesMark, ownerVariable } from './orphans.js';
import { platformOf, readDeviceNames } from './platform.js';
import { openPtsFifo } from './pts-fifo.js';

export interface MachineHostOptions {
  readonly camera: { readonly id: string; readonly name: string; readonly program: string | undefined };
  readonly programs: CameraPrograms;
  readonly registry: ProcessRegistry;
  /** Environment of the camera process. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder with the names of the video devices, `/sys/class/video4linux`. */
  readonly deviceNames: string;
  /** Where the timestamp FIFO is made. */
  readonly ptsFifo: string;
}

/** This machine, for one camera. */
export function machineHost(options: MachineHostOptions): CameraHost {
  const { camera, programs, registry, environment, deviceNames, ptsFifo } = options;
  return {
    user: userName(),
    isBlocked: () => programs.isBlocked,
    probe: () => programs.probe(camera.program),
    forgetProgram: () => programs.forget(camera.program),
    platform: () => platformOf(readDeviceNames(deviceNames)),
    list: ({ path }) => programs.list(path),
    find: ({ path }, id) => programs.find(path, id),
    claim: ({ path }, index) => programs.claim(camera.id, camera.name, path, index),
    takeTurn: () => programs.stream(),
    openFifo: (onData) => openPtsFifo(ptsFifo, onData),
    launch: (path, args, onLine) => CameraProcess.start(path, args, environment, registry, onLine),
    holder: () => findCameraHolder({ isOurs: (pid) => carriesMark(pid, environment[ownerVariable]) }),
  };
}
