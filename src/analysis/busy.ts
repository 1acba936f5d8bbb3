import type { Trace } from '../trace/trace.js';
import { firstAtOrAfter } from './first-at-or-after.js';
import { checkpointBefore } from './op-checkpoints.js';

/** Half-open: `[startNs, endNs)`. */
export interface Interval {
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * The maximal idle intervals of a device. An op is busy in `[start, end)`; one without length (or a negative
 * one, which is counted as damaged) is never busy, so it neither splits a gap nor ends one.
 */
export interface DeviceGaps {
  readonly length: number;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /** The op that ended at the gap's start, -1 before the first; of several the first in `ops`. */
  readonly before: Int32Array;
  /** The op that started at the gap's end, -1 after the last; of several the first in `ops`. */
  readonly after: Int32Array;
}

/**
 * Gaps of `device` that reach into `[span.startNs, span.endNs)`, whole, not clipped to it: what caused a gap is a
 * question about all of it. The one before the first op starts at the trace's start, the one after the last
 * op ends with the span.
 */
export function findGaps(trace: Trace, device: number, span: Interval): DeviceGaps {
  const { length, startNs: opStart, durationNs: opDuration, device: opDevice } = trace.ops;
  const { startNs: spanStart, endNs: spanEnd } = span;
  const from = checkpointBefore(trace.ops, device, spanStart);
  // One before each op at most, and the last. Pages that stay unused cost nothing; counting first would.
  const capacity = Math.max(0, firstAtOrAfter(opStart, spanEnd) - from.op) + 1;
  const startNs = new Float64Array(capacity);
  const endNs = new Float64Array(capacity);
  const before = new Int32Array(capacity);
  const after = new Int32Array(capacity);
  let n = 0;
  let end = Math.min(0, spanStart);
  let last = -1;
  if (from.endNs > end) {
    end = from.endNs;
    last = from.last;
  }
  // No closures in here: a variable that one holds is read from memory each time.
  for (let i = from.op; i < length; i++) {
    const duration = opDuration[i]!;
    if (opDevice[i] !== device || !(duration > 0)) continue;
    const start = opStart[i]!;
    const isLast = start >= spanEnd;
    if (start > end && (isLast ? end < spanEnd : start > spanStart)) {
      startNs[n] = end;
      endNs[n] = start;
      before[n] = last;
      after[n++] = i;
    }
    const opEnd = start + duration;
    if (opEnd > end) {
      end = opEnd;
      last = i;
    }
    if (isLast) break;
  }
  if (end < spanEnd) {
    startNs[n] = end;
    endNs[n] = spanEnd;
    before[n] = last;
    after[n++] = -1;
  }
  return {
    length: n,
    startNs: cut(startNs, n),
    endNs: cut(endNs, n),
    before: cut(before, n),
    after: cut(after, n),
  };
}

/** Some of the gaps, those numbered `from` to before `to`, numbered anew. */
export function gapsFrom(gaps: DeviceGaps, from: number, to: number): DeviceGaps {
  const startNs = gaps.startNs.subarray(from, to);
  return {
    length: startNs.length,
    startNs,
    endNs: gaps.endNs.subarray(from, to),
    before: gaps.before.subarray(from, to),
    after: gaps.after.subarray(from, to),
  };
}

/** The first `length` of a column: a view of it, or a copy where most of it would be kept for nothing. */
function cut<T extends Float64Array | Int32Array>(column: T, length: number): T {
  return (length < column.length / 2 ? column.slice(0, length) : column.subarray(0, length)) as T;
}

/** Nanoseconds of `windows` (sorted, disjoint) in which at least one op of `device` ran. */
export function busyNs(trace: Trace, device: number, windows: readonly Interval[]): number {
  const { ops } = trace;
  const { startNs, durationNs, device: devices } = ops;
  let busy = 0;
  let w = 0;
  const from = checkpointBefore(ops, device, windows[0]?.startNs ?? -Infinity);
  let end = from.endNs;
  for (let i = from.op; i < ops.length && w < windows.length; i++) {
    if (devices[i] !== device) continue;
    const opEnd = startNs[i]! + durationNs[i]!;
    if (opEnd <= end) continue;
    const start = Math.max(startNs[i]!, end);
    end = opEnd;
    while (w < windows.length && windows[w]!.endNs <= start) w++;
    for (let v = w; v < windows.length && windows[v]!.startNs < opEnd; v++) {
      busy += Math.max(0, Math.min(opEnd, windows[v]!.endNs) - Math.max(start, windows[v]!.startNs));
    }
  }
  return busy;
}
