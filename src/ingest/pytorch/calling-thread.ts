import { sortOrder } from '../../trace/sort.js';

interface Spans {
  readonly startNs: Float64Array;
  readonly durationNs: Float64Array;
  readonly thread: Uint32Array;
}

/**
 * Gives overheads without a thread the one in whose call they lie, where that is one thread only: a full command
 * buffer stalls the launch that met it, and the profiler records the stall but not whose it was.
 */
export function placeOverheads(overheads: Spans, calls: Spans): void {
  if (!overheads.thread.includes(0)) return;
  const order = sortOrder(calls.startNs);
  const overheadOrder = sortOrder(overheads.startNs);
  /** Thread → the latest end of the calls so far. */
  const until = new Map<number, number>();
  let next = 0;
  for (let i = 0; i < overheads.startNs.length; i++) {
    const row = overheadOrder?.[i] ?? i;
    if (overheads.thread[row] !== 0) continue;
    const start = overheads.startNs[row]!;
    for (; next < calls.startNs.length; next++) {
      const call = order?.[next] ?? next;
      if (!(calls.startNs[call]! <= start)) break;
      const end = calls.startNs[call]! + calls.durationNs[call]!;
      const thread = calls.thread[call]!;
      if (end > (until.get(thread) ?? -Infinity)) until.set(thread, end);
    }
    let found = 0;
    let count = 0;
    for (const [thread, end] of until) {
      if (end < start + overheads.durationNs[row]!) continue;
      found = thread;
      count++;
    }
    if (count === 1) overheads.thread[row] = found;
  }
}
