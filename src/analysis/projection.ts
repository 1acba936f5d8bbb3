import type { IndexIntoRanges, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { firstAtOrAfter } from './first-at-or-after.js';

/** Where the ops of a range ran on a device: first op start to last op end. */
export interface Projection extends Interval {
  readonly range: IndexIntoRanges;
}

/**
 * Projects ranges onto a device: the ops are those whose launch its thread called while the range was open,
 * nested ranges included. A range that launched nothing there has no projection. In the order of `rows`.
 */
export function projectRanges(
  trace: Trace,
  launch: Int32Array,
  device: number,
  rows: readonly IndexIntoRanges[],
): Projection[] {
  const { ops, calls, ranges } = trace;
  // Ops are sorted by start: the first one seen of a call is its first. Ends are not sorted.
  const firstOp = new Int32Array(calls.length).fill(-1);
  const lastEnd = new Float64Array(calls.length);
  for (let i = 0; i < ops.length; i++) {
    const call = launch[i]!;
    if (call < 0 || ops.device[i] !== device) continue;
    const end = ops.startNs[i]! + Math.max(0, ops.durationNs[i]!);
    if (firstOp[call]! < 0) firstOp[call] = i;
    if (end > lastEnd[call]!) lastEnd[call] = end;
  }
  const projections: Projection[] = [];
  for (const range of rows) {
    const thread = ranges.thread[range]!;
    const until = ranges.startNs[range]! + ranges.durationNs[range]!;
    let startNs = Infinity;
    let endNs = -Infinity;
    for (let c = firstAtOrAfter(calls.startNs, ranges.startNs[range]!); c < calls.length; c++) {
      if (calls.startNs[c]! >= until) break;
      const first = firstOp[c]!;
      if (first < 0 || calls.thread[c] !== thread) continue;
      startNs = Math.min(startNs, ops.startNs[first]!);
      endNs = Math.max(endNs, lastEnd[c]!);
    }
    if (startNs < Infinity) projections.push({ range, startNs, endNs });
  }
  return projections;
}
