/** Longer lines are not timestamps; they are dropped up to their end. */
const maxLineLength = 64;

/**
 * Reads what rpicam-vid writes to `--save-pts` (output.cpp, Output::OutputReady): `# timecode format v2`, then one line
 * `milliseconds.microseconds` for each encoded buffer.
 */
export class PtsLineReader {
  private rest = '';

  /**
   * @returns the timestamps, in µs, of the lines that ended in this chunk; nothing in place of a line that holds none,
   *   because each line still stands for a buffer
   */
  push(chunk: Buffer): (number | undefined)[] {
    const lines = (this.rest + chunk.toString('latin1')).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, maxLineLength + 1);
    return lines.filter((line) => !line.startsWith('#')).map(parseLine);
  }
}

function parseLine(line: string): number | undefined {
  const match = line.length <= maxLineLength ? /^(-?\d{1,12})\.(-?\d{1,3})$/.exec(line.trimEnd()) : null;
  return match ? Number(match[1]) * 1000 + Number(match[2]) : undefined;
}
