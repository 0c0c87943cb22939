// Whole access units: each ends when the camera has written its line to --save-pts.
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { setImmediate } from 'node:timers';
import { camera, clients } from './serve.mjs';

const fifo = process.env.BENCH_FIFO;
execFileSync('mkfifo', [fifo]);
let chunks = [];
createReadStream(fifo).on('data', () => {
  // The bytes were written before the line, so they are read by the next turn.
  setImmediate(() => {
    const unit = Buffer.concat(chunks);
    chunks = [];
    for (const client of clients) client.send(unit);
  });
});
const stdout = await camera('--save-pts', fifo);
stdout.on('data', (d) => chunks.push(d));
