import type { Table } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
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
  const { ops } = trace;
  const length = countGaps(ops, device, span);
  const startNs = new Float64Array(length);
  const endNs = new Float64Array(length);
  const before = new Int32Array(length);
  const after = new Int32Array(length);
  const opStart = ops.startNs;
  const opDuration = ops.durationNs;
  const opDevice = ops.device;
  let n = 0;
  const from = checkpointBefore(ops, device, span.startNs);
  let end = Math.min(0, span.startNs);
  let last = -1;
  if (from.endNs > end) {
    end = from.endNs;
    last = from.last;
  }
  for (let i = from.op; i < ops.length; i++) {
    if (opDevice[i] !== device || !(opDuration[i]! > 0)) continue;
    const start = opStart[i]!;
    if (start >= span.endNs) {
      if (start > end && end < span.endNs) put(n, start, i);
      return { length, startNs, endNs, before, after };
    }
    if (start > end && start > span.startNs) n = put(n, start, i);
    const opEnd = start + opDuration[i]!;
    if (opEnd > end) {
      end = opEnd;
      last = i;
    }
  }
  if (end < span.endNs) put(n, span.endNs, -1);
  return { length, startNs, endNs, before, after };

  function put(at: number, until: number, op: number): number {
    startNs[at] = end;
    endNs[at] = until;
    before[at] = last;
    after[at] = op;
    return at + 1;
  }
}

/** How many gaps `findGaps` will find: counting first costs less than growing four arrays. */
function countGaps(ops: Table<'ops'>, device: number, span: Interval): number {
  const { startNs, durationNs, device: devices, length } = ops;
  let n = 0;
  const from = checkpointBefore(ops, device, span.startNs);
  let end = Math.max(Math.min(0, span.startNs), from.endNs);
  for (let i = from.op; i < length; i++) {
    if (devices[i] !== device || !(durationNs[i]! > 0)) continue;
    const start = startNs[i]!;
    if (start >= span.endNs) return n + (start > end && end < span.endNs ? 1 : 0);
    if (start > end && start > span.startNs) n++;
    const opEnd = start + durationNs[i]!;
    if (opEnd > end) end = opEnd;
  }
  return n + (end < span.endNs ? 1 : 0);
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
