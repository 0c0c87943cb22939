/** The one track. */
export const trackId = 1;

/**
 * Ticks per second of every time in the boxes. 90 kHz, the clock of H.264 in RTP (RFC 6184, 5.1): a tick is 11 µs,
 * far less than a camera's jitter, every player is used to it, and common frame rates (24, 25, 30, 50, 60) are whole.
 */
export const timescale = 90_000;
