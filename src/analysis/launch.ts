import type { Trace } from '../trace/trace.js';
import { IdLookup } from './id-lookup.js';

/**
 * Correlation id → the host call that carries it. A runtime call and the driver call nested in it share one
 * id: the outermost (earliest start; of equal starts, the longest) stands for both, because the time of the
 * whole call is what the program waits for. Correlation 0 means "none".
 */
export function callsByCorrelation(trace: Trace): IdLookup {
  const { calls } = trace;
  const { length, correlation, startNs, durationNs } = calls;
  let min = 0xffffffff;
  let max = 0;
  for (let i = 0; i < length; i++) {
    const id = correlation[i]!;
    if (id === 0) continue;
    if (id < min) min = id;
    if (id > max) max = id;
  }
  const lookup = new IdLookup(min, max, length);
  for (let i = 0; i < length; i++) {
    const id = correlation[i]!;
    if (id === 0) continue;
    const first = lookup.get(id);
    if (first < 0 || (startNs[first] === startNs[i] && durationNs[i]! > durationNs[first]!)) {
      lookup.set(id, i);
    }
  }
  return lookup;
}

/**
 * The launch of every op: its row in `calls`, or -1 where the trace does not have it (the call was made
 * before collection began, or on the device). All ops of a graph replay share the graph launch.
 */
export function launchOfOps(trace: Trace, lookup: IdLookup = callsByCorrelation(trace)): Int32Array {
  const { length, correlation } = trace.ops;
  const launch = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const id = correlation[i]!;
    launch[i] = id === 0 ? -1 : lookup.get(id);
  }
  return launch;
}
