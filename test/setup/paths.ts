import { fileURLToPath } from 'node:url';

/** The project's folder, without a slash at its end. This file runs as dist/test/setup/paths.js. */
export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Plays the camera program where there is no camera. */
export const cameraStandIn = `${projectRoot}/test/camera-stand-in/rpicam-vid`;
