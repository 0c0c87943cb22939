/** The driver rounds to its step (kernel, bcm2835-v4l2-codec). */
const bitrateStep = 25_000;

/**
 * The bit rate in bit/s below which the encoder of a Pi 0 to 4 is not to be run: 0.04 bit for each pixel, at least
 * 600 000, in steps of 25 000.
 *
 * To keep a low rate its firmware drops pictures, and each of them takes one of rpicam-vid's six buffers away for good
 * (h264_encoder.cpp): after six it hangs, silently, and does not end on SIGINT. Seen at 10 to 512 kbit/s (rpicam-apps#664,
 * #682), and with complex pictures of a low resolution at default rates (picamera2#1228).
 *
 * @param width pixels
 * @param height pixels
 * @param framerate pictures per second
 */
export function lowestBitrate(width: number, height: number, framerate: number): number {
  const floor = Math.max(600_000, Math.round(0.04 * width * height * framerate));
  return Math.ceil(floor / bitrateStep) * bitrateStep;
}

/** What H.264 allows in level 4 (ITU-T H.264, table A-1): 1080p30 fits. */
const mostMacroblocksPerSecond = 245_760;

/**
 * The H.264 level for the encoder of a Pi 0 to 4, in its own spelling: it knows exactly 4, 4.1 and 4.2 (rpicam-apps
 * h264_encoder.cpp), and its driver's default is 4.0 for every size.
 *
 * @param width pixels
 * @param height pixels
 * @param framerate pictures per second
 */
export function vc4Level(width: number, height: number, framerate: number): '4' | '4.2' {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  return macroblocks * framerate <= mostMacroblocksPerSecond ? '4' : '4.2';
}
