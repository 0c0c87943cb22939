import { openSync } from 'node:fs';
import { FdWriter, isReaderGone } from './fd-writer.js';
import { logLine } from './log.js';
import { ProgramError } from './program-error.js';
import { Stdio } from './stdio.js';

/** The file of `--save-pts`: one line with a time per picture. */
export class PtsFile {
  private readonly stream: Stdio;
  private started = false;

  /** Opens the file as `fopen` does: a FIFO waits for its reader, and only a signal ends that. */
  public constructor(
    path: string,
    private readonly flush: boolean,
  ) {
    try {
      this.stream = new Stdio(new FdWriter(openSync(path, 'w')));
    } catch {
      throw new ProgramError(`Failed to open timestamp file ${path}`);
    }
  }

  /** Adds the line of a picture, in µs since the first one; with `--flush` it leaves at once. */
  public async add(time: number): Promise<void> {
    const header = this.started ? '' : '# timecode format v2\n';
    this.started = true;
    const line = `${Math.trunc(time / 1000)}.${threeDigits(time % 1000)}\n`;
    try {
      await this.stream.write(Buffer.from(header + line));
      if (this.flush) {
        await this.stream.flush();
      }
    } catch (error) {
      reportLostReader(error);
    }
  }

  /** fclose */
  public async close(): Promise<void> {
    try {
      await this.stream.flush();
    } catch (error) {
      reportLostReader(error);
    }
  }
}

/** `%03d`: the minus sign of a time before the first picture's is one of the three. */
function threeDigits(value: number): string {
  return value < 0 ? `-${String(-value).padStart(2, '0')}` : String(value).padStart(3, '0');
}

/** Without a reader the program goes on, and says so for every picture. */
function reportLostReader(error: unknown): void {
  if (!isReaderGone(error)) {
    throw error;
  }
  logLine('Received signal 13');
}
