import { basename } from 'node:path';
import type { CameraSettings } from '../config/settings.js';
import type { CameraHost } from './camera-host.js';
import { withHolder } from './camera-holder.js';
import type { RunOver } from './camera-run.js';
import { byWords, type Diagnosis, diagnose, type DiagnosisContext, type ProcessEnd } from './diagnosis.js';
import { neverStarted, stalled, timeoutLoop, unreadable } from './own-diagnoses.js';
import { describeCameras, type ListedCamera } from './program-answers.js';
import type { CameraProgram } from './program.js';
import { startBudgetMs, stallLimitMs } from './watchdog.js';

/**
 * Why a run ended, in words for people, with what the machine can add: who has the camera, which cameras there are.
 *
 * @param unreadableBecause why what it wrote was of no use, if that was the reason
 */
export async function explainEnd(
  host: CameraHost,
  program: CameraProgram,
  settings: CameraSettings,
  over: RunOver,
  end: ProcessEnd,
  unreadableBecause: string | undefined,
): Promise<Diagnosis> {
  const context: DiagnosisContext = {
    user: host.user,
    program: basename(program.path),
    platform: host.platform(),
    tuningFile: settings.image['tuning-file'] !== undefined,
  };
  const diagnosis = ofRun(over, end, settings.framerate, context, unreadableBecause);
  if (diagnosis.kind === 'busy') return withHolder(diagnosis, await host.holder());
  if (end.stderr.some((line) => line.includes('selected camera is not available')))
    return withCameras(diagnosis, await host.list(program).catch(() => undefined));
  return diagnosis;
}

/** What the program itself said tells more than how it had to be ended. */
function ofRun(
  over: RunOver,
  end: ProcessEnd,
  framerate: number,
  context: DiagnosisContext,
  unreadableBecause: string | undefined,
): Diagnosis {
  switch (over) {
    case 'ended':
    case 'stopped':
      return diagnose(end, context);
    case 'timeoutLoop':
      return timeoutLoop;
    case 'replaced':
      return unreadable(unreadableBecause ?? '');
    case 'stalled':
      return byWords(end.stderr, context) ?? stalled(stallLimitMs(framerate));
    case 'neverStarted':
      return byWords(end.stderr, context) ?? neverStarted(startBudgetMs);
  }
}

function withCameras(diagnosis: Diagnosis, found: readonly ListedCamera[] | undefined): Diagnosis {
  if (!found) return diagnosis;
  return { ...diagnosis, reason: `${diagnosis.reason} Found: ${describeCameras(found)}.` };
}

/** @param found nothing when the cameras could not be listed, because others stream */
export function noCameraWithId(id: string, found: readonly ListedCamera[] | undefined): Diagnosis {
  return {
    kind: found ? 'hardware-missing' : 'transient',
    reason: found
      ? `No camera has the id "${id}". Found: ${describeCameras(found)}.`
      : `The camera with the id "${id}" cannot be looked for while another camera streams.`,
    remedy: 'Correct "camera" in the configuration, or check the ribbon cable, with the power off.',
  };
}

/** @param owner name of the camera that was first */
export function sharedSensor(owner: string): Diagnosis {
  return {
    kind: 'busy',
    reason: `Camera "${owner}" uses this sensor already.`,
    remedy: 'Give one of the two another "camera" in the configuration.',
  };
}
