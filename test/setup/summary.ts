/** Environment variable that names the file in which a test says that it cannot run here, and why. */
export const notRunFile = 'HOMEBRIDGE_LIBCAMERA_NOT_RUN';

/** The numbers of Jest's own JSON result that the last line is made of. */
export interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not be loaded: none of their tests is in the other numbers. */
  readonly numRuntimeErrorTestSuites: number;
}

/** The last line of a test run. A file that could not be loaded counts as one failure. */
export function summaryLine(result: JestResult): string {
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  return `${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
