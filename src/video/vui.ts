import type { BitReader } from './bit-reader.js';

/** aspect_ratio_idc of a sample aspect ratio that is written out (H.264, table E-1). */
const extendedSar = 255;

/** Reads vui_parameters (H.264, E.1.1) up to bitstream_restriction_flag, which comes next. */
export function skipToBitstreamRestriction(bits: BitReader): void {
  if (bits.flag() && bits.u(8) === extendedSar) bits.u(32);
  if (bits.flag()) bits.u(1);
  if (bits.flag()) {
    bits.u(4);
    if (bits.flag()) bits.u(24);
  }
  if (bits.flag()) {
    bits.ue();
    bits.ue();
  }
  if (bits.flag()) {
    bits.u(32);
    bits.u(32);
    bits.u(1);
  }
  const nalHrd = bits.flag();
  if (nalHrd) skipHrd(bits);
  const vclHrd = bits.flag();
  if (vclHrd) skipHrd(bits);
  if (nalHrd || vclHrd) bits.u(1);
  bits.u(1);
}

/** hrd_parameters (E.1.2). */
function skipHrd(bits: BitReader): void {
  const buffers = bits.ue() + 1;
  if (buffers > 32) throw new RangeError('impossible number of coded picture buffers');
  bits.u(8);
  for (let i = 0; i < buffers; i += 1) {
    bits.ue();
    bits.ue();
    bits.u(1);
  }
  bits.u(20);
}
