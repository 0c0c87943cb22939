import type { Diagnosis } from './diagnosis.js';

/** What the supervisor finds by watching, when the camera program itself says nothing. */

/** It delivered pictures, and then none. @param silenceMs milliseconds without a picture */
export function stalled(silenceMs: number): Diagnosis {
  return {
    kind: 'transient',
    reason: `The camera program stopped delivering pictures: none came for ${seconds(silenceMs)}.`,
    // Too low a bit rate stops the hardware encoder for good (rpicam-apps #664, #682).
    remedy: 'If this happens again and again, raise "bitrate", and check the ribbon cable.',
  };
}

/** It never delivered a picture. @param silenceMs milliseconds since its start */
export function neverStarted(silenceMs: number): Diagnosis {
  return {
    kind: 'transient',
    reason: `The camera program delivered no picture within ${seconds(silenceMs)} of its start.`,
    remedy: 'If this happens again and again, check the ribbon cable at both ends, with the power off.',
  };
}

/** It restarts the camera again and again by itself, and cannot be interrupted while it does. */
export const timeoutLoop: Diagnosis = {
  kind: 'hardware-missing',
  reason: 'The camera stopped answering.',
  remedy: 'Check the ribbon cable at both ends, with the power off, or try another cable.',
};

/** It hangs in a driver (state D), where SIGKILL does not reach it: another process would hang as well. */
export const unkillable: Diagnosis = {
  kind: 'platform',
  reason: 'The camera program hangs in the kernel and cannot be ended.',
  remedy: 'Restart the Raspberry Pi: sudo reboot',
};

/** What it writes is no video. @param reason a sentence that says what is wrong with it */
export function unreadable(reason: string): Diagnosis {
  return {
    kind: 'transient',
    reason,
    remedy: 'If this happens again and again, install it again: sudo apt install --reinstall rpicam-apps',
  };
}

/** Nothing was started, or it could not be asked what it can do. @param message of the error, no full stop */
export function couldNotStart(message: string): Diagnosis {
  return {
    kind: 'transient',
    reason: `The camera program could not be started: ${message}.`,
    remedy: 'If this happens again and again, restart the Raspberry Pi: sudo reboot',
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
