import type { IndexIntoOps, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { checkpointBefore } from './op-checkpoints.js';

/**
 * Calls `visit` for every op of `device` that began within a window or has time in one, in order of start:
 * with its time inside the windows (sorted, disjoint) and whether it began in one. As `totalOps` counts: an
 * op without length at the very end is inside, and one that ends before it starts has no time.
 */
export function visitOps(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  visit: (op: IndexIntoOps, insideNs: number, began: boolean) => void,
): void {
  const { startNs, durationNs, device: devices, length } = trace.ops;
  const last = windows.at(-1)?.endNs ?? -Infinity;
  let w = 0;
  const from = checkpointBefore(trace.ops, device, windows[0]?.startNs ?? -Infinity).op;
  for (let i = from; i < length; i++) {
    if (devices[i] !== device) continue;
    const start = startNs[i]!;
    const duration = durationNs[i]!;
    if (start > last) break;
    while (w < windows.length && windows[w]!.endNs <= start) w++;
    const window = windows[w];
    const began = window === undefined ? start === last && duration <= 0 : start >= window.startNs;
    const end = start + duration;
    let inside = 0;
    for (let v = w; v < windows.length && windows[v]!.startNs < end; v++) {
      inside += Math.max(0, Math.min(end, windows[v]!.endNs) - Math.max(start, windows[v]!.startNs));
    }
    if (began || inside > 0) visit(i, inside, began);
  }
}
