import { writeSync } from 'node:fs';

/** Writes whole lines to stderr at once, as a C++ stream with `std::endl` does; waits if nobody reads. */
export function logLine(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(2, bytes, done);
    } catch (error) {
      // A stderr somebody else made non-blocking, or one that nobody reads any more: the latter bothers no C++ stream.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        return;
      }
    }
  }
}

/** The id of the thread that a line names. libcamera finds the cameras in a thread of its own. */
export type LogThread = 'main' | 'enumerator';

/** Writes a line as libcamera does: `[H:MM:SS.nnnnnnnnn] [tid]  INFO Category file.cpp:line message`, time since boot. */
export function logLibcamera(thread: LogThread, level: 'INFO' | 'WARN' | 'ERROR', message: string): void {
  const now = process.hrtime.bigint();
  const seconds = now / 1_000_000_000n;
  const pad = (value: bigint, digits: number): string => value.toString().padStart(digits, '0');
  const clock = `${seconds / 3600n}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}`;
  const tid = thread === 'main' ? process.pid : process.pid + 3;
  logLine(`[${clock}.${pad(now % 1_000_000_000n, 9)}] [${tid}] ${level.padStart(5)} ${message}`);
}
