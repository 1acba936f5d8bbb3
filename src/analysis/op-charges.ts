import type { IndexIntoOps, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { checkpointBefore } from './op-checkpoints.js';

/**
 * What an op has of the windows. `started`: 1 if it began within one, so that it is counted once; `gpuNs`: its
 * duration within them; `busyNs`: what of that is charged to it. Of several running ops a nanosecond is charged
 * to the one that began first (of equals, the first in `ops`), so that `busyNs` sums to the device's busy time.
 */
export type OpVisitor = (op: IndexIntoOps, started: 0 | 1, gpuNs: number, busyNs: number) => void;

/** Visits, in order, the ops of a device that have anything of `windows` (sorted, disjoint). */
export function chargeOps(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  visit: OpVisitor,
): void {
  const { startNs, durationNs, device: devices, length } = trace.ops;
  const last = windows.at(-1)?.endNs ?? -Infinity;
  let w = 0;
  let charged = -Infinity;
  const from = checkpointBefore(trace.ops, device, windows[0]?.startNs ?? -Infinity).op;
  for (let i = from; i < length; i++) {
    if (devices[i] !== device) continue;
    const start = startNs[i]!;
    if (start > last) break;
    const duration = durationNs[i]!;
    const end = start + duration;
    while (w < windows.length && windows[w]!.endNs <= start) w++;
    const window = windows[w];
    const isIn = window === undefined ? start === last && duration <= 0 : start >= window.startNs;
    let gpuNs = 0;
    let busyNs = 0;
    for (let v = w; v < windows.length && windows[v]!.startNs < end; v++) {
      const from = Math.max(start, windows[v]!.startNs);
      const to = Math.min(end, windows[v]!.endNs);
      // An op that ends before it starts has no length.
      if (to <= from) continue;
      gpuNs += to - from;
      busyNs += Math.max(0, to - Math.max(from, charged));
    }
    if (end > charged) charged = end;
    if (isIn || gpuNs > 0) visit(i, isIn ? 1 : 0, gpuNs, busyNs);
  }
}
