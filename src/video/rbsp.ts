/**
 * Turns the payload of a NAL unit into its RBSP: `00 00 03` becomes `00 00` (H.264, 7.4.1).
 *
 * @param payload what follows the NAL unit's header byte
 */
export function removeEmulationPrevention(payload: Buffer): Buffer {
  const rbsp = Buffer.alloc(payload.length);
  let length = 0;
  let zeros = 0;
  for (const byte of payload) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    rbsp[length] = byte;
    length += 1;
  }
  return rbsp.subarray(0, length);
}

/**
 * Turns an RBSP into the payload of a NAL unit: a 3 is put in front of every byte up to 3 that follows two zeros
 * (H.264, 7.4.1).
 *
 * @param rbsp ends with its stop bit, so not with a zero byte
 */
export function insertEmulationPrevention(rbsp: Buffer): Buffer {
  const payload: number[] = [];
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros === 2 && byte <= 3) {
      payload.push(3);
      zeros = 0;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    payload.push(byte);
  }
  return Buffer.from(payload);
}
