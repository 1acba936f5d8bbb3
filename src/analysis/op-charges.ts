import type { IndexIntoOps, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { checkpointBefore } from './op-checkpoints.js';
import { runThrough, type Sliced } from './slices.js';

/**
 * What an op has of the windows. `started`: 1 if it began within one, so that it is counted once; `gpuNs`: its
 * duration within them; `busyNs`: what of that is charged to it. Of several running ops a nanosecond is charged
 * to the one that began first (of equals, the first in `ops`), so that `busyNs` sums to the device's busy time.
 */
export type OpVisitor = (op: IndexIntoOps, started: 0 | 1, gpuNs: number, busyNs: number) => void;

/** A few milliseconds of work. */
const OPS_A_SLICE = 32_768;

/** Visits, in order, the ops of a device that have anything of `windows` (sorted, disjoint). */
export function chargeOps(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  visit: OpVisitor,
): void {
  runThrough(chargeOpsInSlices(trace, device, windows, visit));
}

/** The same in slices. */
export function* chargeOpsInSlices(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  visit: OpVisitor,
): Sliced<void> {
  const { ops } = trace;
  const last = windows.at(-1)?.endNs ?? -Infinity;
  let next: Next = { w: 0, charged: -Infinity };
  let i = checkpointBefore(ops, device, windows[0]?.startNs ?? -Infinity).op;
  while (i < ops.length && ops.startNs[i]! <= last) {
    const end = Math.min(ops.length, i + OPS_A_SLICE);
    next = chargeSome(ops, device, windows, i, end, next, visit);
    i = end;
    yield;
  }
}

/** What the ops that follow need to know. */
interface Next {
  /** The first window that has not ended yet. */
  readonly w: number;
  /** Up to when the device's time is charged. */
  readonly charged: number;
}

function chargeSome(
  { startNs, durationNs, device: devices }: Trace['ops'],
  device: number,
  windows: readonly Interval[],
  first: IndexIntoOps,
  end: IndexIntoOps,
  next: Next,
  visit: OpVisitor,
): Next {
  const last = windows.at(-1)?.endNs ?? -Infinity;
  let { w, charged } = next;
  for (let i = first; i < end; i++) {
    if (devices[i] !== device) continue;
    const start = startNs[i]!;
    if (start > last) break;
    const duration = durationNs[i]!;
    const opEnd = start + duration;
    while (w < windows.length && windows[w]!.endNs <= start) w++;
    const window = windows[w];
    const isIn = window === undefined ? start === last && duration <= 0 : start >= window.startNs;
    let gpuNs = 0;
    let busyNs = 0;
    for (let v = w; v < windows.length && windows[v]!.startNs < opEnd; v++) {
      const from = Math.max(start, windows[v]!.startNs);
      const to = Math.min(opEnd, windows[v]!.endNs);
      // An op that ends before it starts has no length.
      if (to <= from) continue;
      gpuNs += to - from;
      busyNs += Math.max(0, to - Math.max(from, charged));
    }
    if (opEnd > charged) charged = opEnd;
    if (isIn || gpuNs > 0) visit(i, isIn ? 1 : 0, gpuNs, busyNs);
  }
  return { w, charged };
}
