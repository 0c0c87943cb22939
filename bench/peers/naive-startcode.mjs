// Whole access units: each ends where the next start code begins, as most splitters have it.
import { camera, clients } from './serve.mjs';

const startCode = Buffer.from([0, 0, 1]);
const slices = [1, 5];

let bytes = Buffer.alloc(0);
let unitStart = 0; // of what has not been sent
let nalStart = -1; // behind the newest start code
const stdout = await camera();
stdout.on('data', (d) => {
  const from = Math.max(0, bytes.length - 2);
  bytes = Buffer.concat([bytes, d]);
  for (let at = bytes.indexOf(startCode, from); at !== -1; at = bytes.indexOf(startCode, at + 3)) {
    const end = bytes[at - 1] === 0 ? at - 1 : at;
    if (nalStart !== -1 && at >= nalStart && slices.includes(bytes[nalStart] & 31)) {
      const unit = bytes.subarray(unitStart, end);
      for (const client of clients) client.send(unit);
      unitStart = end;
    }
    nalStart = at + 3;
  }
  bytes = bytes.subarray(unitStart);
  nalStart -= unitStart;
  unitStart = 0;
});
