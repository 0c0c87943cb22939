import type { Environment } from './environment.js';

/** The clock that stamps the pictures. It may be wrong: they are taken in real time all the same. */
export class CameraClock {
  public constructor(private readonly environment: Pick<Environment, 'clockStart' | 'faults'>) {}

  /**
   * The time a picture claims, in µs.
   *
   * @param taken in µs since the first picture
   */
  public stamp(index: number, taken: number): number {
    const { clockStart, faults } = this.environment;
    const jump = faults.clockJump;
    const jumped = jump !== undefined && index >= jump.at ? jump.by : 0;
    return taken + (clockStart + jumped) * 1000;
  }
}
