import { OP_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';

/** What ran on a device within some windows. */
export interface OpCounts {
  readonly kernel: number;
  readonly memcpy: number;
  readonly memset: number;
  /** Whole replays, where the nodes were not traced. */
  readonly graph: number;
}

export interface OpTotals {
  /** Ops that started within a window: each op counts once, however windows are laid. */
  readonly ops: OpCounts;
  /**
   * The sum of kernel durations, clipped to the windows. Kernels that overlap count twice and copies not at
   * all, so this is neither below nor above busy time as a rule.
   */
  readonly kernelNs: number;
  /** Ops whose record ends before it starts: taken as having no length. */
  readonly negativeDurations: number;
}

/** Counts over `windows`, which are sorted and disjoint. An op without length at the very end is inside. */
export function totalOps(trace: Trace, device: number, windows: readonly Interval[]): OpTotals {
  const { ops } = trace;
  const { startNs, durationNs, kind, device: devices } = ops;
  const counts = new Float64Array(256);
  const last = windows.at(-1)?.endNs ?? -Infinity;
  let kernelNs = 0;
  let negativeDurations = 0;
  let w = 0;
  // Windows before this one end before every op still to come starts; a long op may reach back over more.
  for (let i = 0; i < ops.length; i++) {
    if (devices[i] !== device) continue;
    const start = startNs[i]!;
    const duration = durationNs[i]!;
    if (start > last) break;
    if (duration < 0) negativeDurations++;
    while (w < windows.length && windows[w]!.endNs <= start) w++;
    const window = windows[w];
    if (window === undefined ? start === last && duration <= 0 : start >= window.startNs) {
      counts[kind[i]!]!++;
    }
    if (kind[i] !== OP_KIND.kernel || duration <= 0) continue;
    const end = start + duration;
    for (let v = w; v < windows.length && windows[v]!.startNs < end; v++) {
      kernelNs += Math.min(end, windows[v]!.endNs) - Math.max(start, windows[v]!.startNs);
    }
  }
  return {
    ops: {
      kernel: counts[OP_KIND.kernel]!,
      memcpy: counts[OP_KIND.memcpy]!,
      memset: counts[OP_KIND.memset]!,
      graph: counts[OP_KIND.graph]!,
    },
    kernelNs,
    negativeDurations,
  };
}
