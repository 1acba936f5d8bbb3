import type { IndexIntoRanges, Trace } from '../trace/trace.js';
import { firstAtOrAfter } from './first-at-or-after.js';

/**
 * Call → index into `rows` of the range it was made in, or -1: the calls of the range's thread while it was open,
 * as `projectRanges` takes them. Where ranges nest, the one opened last.
 */
export function ownerOfCalls(trace: Trace, rows: readonly IndexIntoRanges[]): Int32Array {
  const { calls, ranges } = trace;
  const owner = new Int32Array(calls.length).fill(-1);
  rows.forEach((row, index) => {
    const thread = ranges.thread[row]!;
    const until = ranges.startNs[row]! + ranges.durationNs[row]!;
    for (let c = firstAtOrAfter(calls.startNs, ranges.startNs[row]!); c < calls.length; c++) {
      if (calls.startNs[c]! >= until) break;
      if (calls.thread[c] === thread) owner[c] = index;
    }
  });
  return owner;
}
