import { percentile } from '../../analysis/percentile.js';
import { OVERHEAD_KIND } from '../../trace/schema.js';
import type { Trace } from '../../trace/trace.js';
import type { HostCalls } from './host-calls.js';
import type { QueueShares } from './launch-graph.js';

/** Launches that the driver takes before the next one has to wait; CUDA documents no number. */
const LAUNCHES = 1_024;
/**
 * Graph nodes likewise: what was outstanding when a blocked graph launch returned in `traces/small-graphs.trace`
 * (one H200, driver 580.159, graphs of 2,291 nodes).
 */
const NODES = 14_500;
/** Launches among nodes that a queue of nodes may hold: one in so many. */
const MIXED = 20;
/** So few stalls say nothing of the queue. */
const ENOUGH = 5;

export interface QueueFull {
  /** By place in the outer calls: how long it stood still because the queue was full. */
  readonly stalledNs: Float64Array;
  /** Stalls outside of any call of their thread, not taken into account. */
  readonly outside: number;
}

/** Puts the driver's reports of a full queue to the calls in which they happened. */
export function queueStalls({ overheads, calls }: Trace, host: HostCalls): QueueFull {
  const stalledNs = new Float64Array(host.rows.length);
  let outside = 0;
  let hint = 0;
  for (let i = 0; i < overheads.length; i++) {
    if (overheads.kind[i] !== OVERHEAD_KIND.commandBufferFull) continue;
    const from = overheads.startNs[i]!;
    while (hint < host.rows.length && calls.startNs[host.rows[hint]!]! <= from) hint++;
    const thread = host.threads.find(overheads.thread[i]!);
    let n = hint - 1;
    while (n >= 0 && host.thread[n] !== thread) n--;
    const row = n < 0 ? -1 : host.rows[n]!;
    const until = row < 0 ? 0 : calls.startNs[row]! + calls.durationNs[row]!;
    if (until <= from) outside++;
    else stalledNs[n]! += Math.min(from + overheads.durationNs[i]!, until) - from;
  }
  return { stalledNs, outside };
}

/**
 * How much of the launch queue one launch, and one node of a replay, takes: from what was outstanding when stalled calls
 * returned, where that happened often enough; else what is known.
 *
 * @param lastOp outer call → the last op it launched, or -1
 */
export function queueShares(
  { calls, ops }: Trace,
  host: HostCalls,
  stalledNs: Float64Array,
  isGraph: Uint8Array,
  lastOp: Int32Array,
): QueueShares {
  const launches: number[] = [];
  const nodes: number[] = [];
  for (let n = 0; n < host.rows.length; n++) {
    if (stalledNs[n] === 0 || lastOp[n]! < 0) continue;
    const row = host.rows[n]!;
    const returned = calls.startNs[row]! + calls.durationNs[row]!;
    let inGraphs = 0;
    let alone = 0;
    // Latest first, until one that was done: a stream runs in order.
    for (let i = lastOp[n]!; i >= 0 && ops.startNs[i]! + ops.durationNs[i]! > returned; i--) {
      if (ops.graph[i] === 0) alone++;
      else inGraphs++;
    }
    // A mixed queue does not say what each kind takes of it.
    if (isGraph[n] === 1 && alone * MIXED < inGraphs) nodes.push(inGraphs);
    if (isGraph[n] === 0 && inGraphs === 0) launches.push(alone);
  }
  return {
    launch: 1 / (launches.length < ENOUGH ? LAUNCHES : Math.max(1, median(launches))),
    node: 1 / (nodes.length < ENOUGH ? NODES : Math.max(1, median(nodes))),
  };
}

function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values), 0.5);
}
