import type { Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { visitOps } from './ops-in-windows.js';

/** Ops cut to windows: one piece an op and window, in order of start. Ops without length have none. */
export interface OpPieces {
  readonly length: number;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  readonly op: Int32Array;
}

/** The pieces of a device's ops inside `windows` (sorted, disjoint). */
export function opPieces(trace: Trace, device: number, windows: readonly Interval[]): OpPieces {
  const { startNs: opStart, durationNs } = trace.ops;
  const starts: number[] = [];
  const ends: number[] = [];
  const of: number[] = [];
  let isSorted = true;
  let w = 0;
  visitOps(trace, device, windows, (op, insideNs) => {
    if (insideNs <= 0) return;
    const from = opStart[op]!;
    const to = from + durationNs[op]!;
    while (w < windows.length && windows[w]!.endNs <= from) w++;
    for (let v = w; v < windows.length && windows[v]!.startNs < to; v++) {
      const start = Math.max(from, windows[v]!.startNs);
      // An op that reaches into a later window comes before ops that start in this one.
      if (starts.length > 0 && start < starts.at(-1)!) isSorted = false;
      starts.push(start);
      ends.push(Math.min(to, windows[v]!.endNs));
      of.push(op);
    }
  });
  const length = starts.length;
  if (isSorted) {
    return {
      length,
      startNs: Float64Array.from(starts),
      endNs: Float64Array.from(ends),
      op: Int32Array.from(of),
    };
  }
  const order = Uint32Array.from(starts.keys()).sort((a, b) => starts[a]! - starts[b]!);
  return {
    length,
    startNs: Float64Array.from(order, (i) => starts[i]!),
    endNs: Float64Array.from(order, (i) => ends[i]!),
    op: Int32Array.from(order, (i) => of[i]!),
  };
}

/** Nanoseconds with exactly 1, 2, … pieces at once, at those indices; index 0 is left 0. */
export function nsByCount({ startNs, endNs, length }: OpPieces): number[] {
  const ends = endNs.toSorted();
  const byCount: number[] = [0];
  let opened = 0;
  let closed = 0;
  let at = 0;
  while (closed < length) {
    const opens = opened < length && startNs[opened]! < ends[closed]!;
    const next = opens ? startNs[opened]! : ends[closed]!;
    const count = opened - closed;
    if (count > 0) byCount[count] = (byCount[count] ?? 0) + (next - at);
    at = next;
    if (opens) opened++;
    else closed++;
  }
  return Array.from(byCount, (ns: number | undefined) => ns ?? 0);
}
