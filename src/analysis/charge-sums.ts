import type { IdleByCause } from './breakdown-result.js';
import { CAUSES } from './causes.js';
import type { IdlePiece } from './idle-pieces.js';

/** Adds a piece of idle time to the sums by cause at `row` of `sums` (rows × causes). */
export function addIdlePiece(sums: Float64Array, row: number, { whole, durationNs, parts }: IdlePiece): void {
  const first = row * CAUSES.length;
  if (whole >= 0) {
    sums[first + whole]! += durationNs;
    return;
  }
  for (let c = 0; c < CAUSES.length; c++) sums[first + c]! += parts[c]!;
}

/** The causes at `row` of `sums` (rows × causes) as a result. */
export function idleByCauseAt(sums: Float64Array, row: number): IdleByCause {
  const first = row * CAUSES.length;
  return Object.fromEntries(CAUSES.map((cause, c) => [cause, sums[first + c]!])) as IdleByCause;
}

/** All causes of a row together. */
export function idleAt(sums: Float64Array, row: number): number {
  let sum = 0;
  for (let c = row * CAUSES.length; c < (row + 1) * CAUSES.length; c++) sum += sums[c]!;
  return sum;
}
