import type { Trace } from '../../trace/trace.js';
import type { HostCalls } from './host-calls.js';
import type { StreamIds } from './stream-ids.js';

/** The outer calls, and a stand-in for each op whose launch was not recorded, in one order of time. */
export interface CallOrder {
  readonly length: number;
  /** Place → outer call, or -1 for a stand-in. */
  readonly outer: Int32Array;
  /** Outer call → place. */
  readonly placeOfOuter: Int32Array;
  /** Op → place of what launched it. */
  readonly placeOfOp: Int32Array;
  readonly standIns: number;
}

/** A stand-in comes no later than the launch of the next op on its stream, so that the stream keeps its order. */
export function orderCalls(trace: Trace, host: HostCalls, launch: Int32Array, streams: StreamIds): CallOrder {
  const { calls, ops } = trace;
  const missing: number[] = [];
  for (let i = 0; i < ops.length; i++) if (launch[i]! < 0) missing.push(i);
  const timeOf = new Float64Array(ops.length);
  const nextLaunch = new Float64Array(streams.streams).fill(Infinity);
  for (let i = ops.length - 1; missing.length > 0 && i >= 0; i--) {
    const s = streams.ofOp[i]!;
    const row = launch[i]!;
    if (row < 0) timeOf[i] = Math.min(ops.startNs[i]!, nextLaunch[s]!);
    else nextLaunch[s] = Math.min(nextLaunch[s]!, calls.startNs[host.rows[host.outerOf[row]!]!]!);
  }
  missing.sort((a, b) => timeOf[a]! - timeOf[b]! || a - b);

  const launched = host.rows.length;
  const length = launched + missing.length;
  const outer = new Int32Array(length).fill(-1);
  const placeOfOuter = new Int32Array(launched);
  const placeOfOp = new Int32Array(ops.length);
  let m = 0;
  let at = 0;
  for (let n = 0; n <= launched; n++) {
    const until = n < launched ? calls.startNs[host.rows[n]!]! : Infinity;
    while (m < missing.length && timeOf[missing[m]!]! <= until) placeOfOp[missing[m++]!] = at++;
    if (n === launched) break;
    outer[at] = n;
    placeOfOuter[n] = at++;
  }
  for (let i = 0; i < ops.length; i++) {
    if (launch[i]! >= 0) placeOfOp[i] = placeOfOuter[host.outerOf[launch[i]!]!]!;
  }
  return { length, outer, placeOfOuter, placeOfOp, standIns: missing.length };
}
