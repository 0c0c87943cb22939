/** Sums over all viewers of a camera there were since the relay started. */
export interface CameraTotals {
  joins: number;
  pictures: number;
  bytes: number;
  skipped: number;
  resyncs: number;
}

export function noTotals(): CameraTotals {
  return { joins: 0, pictures: 0, bytes: 0, skipped: 0, resyncs: 0 };
}
