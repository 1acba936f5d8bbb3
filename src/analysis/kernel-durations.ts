import type { Trace } from '../trace/trace.js';
import type { KernelRow } from './kernels-result.js';
import { medianAndP95, percentile } from './percentile.js';

/** What the single launches of a row say: how long each ran, and how long its launch call took. */
export type RowDurations = Pick<KernelRow, 'count' | 'meanNs' | 'p50Ns' | 'p95Ns' | 'short'>;

/**
 * Durations of the kernels `began`, whose rows are `rowOf`, for `rows` rows.
 *
 * A launch is *short* if the kernel ran for less than the median launch call of its row: then the host cannot
 * keep the device busy with it, however far it runs ahead. In a graph replay all kernels share one call, so
 * these are left out, and the median is of the others'.
 */
export function rowDurations(
  trace: Trace,
  launch: Int32Array,
  began: Int32Array,
  rowOf: Int32Array,
  rows: number,
): RowDurations[] {
  const { ops, calls } = trace;
  const first = new Int32Array(rows + 1);
  for (const row of rowOf) first[row + 1]!++;
  for (let r = 0; r < rows; r++) first[r + 1]! += first[r]!;
  const next = first.slice();
  // Beside each other, by row: how long the kernel ran, and its launch call, or -1 if it has none of its own.
  const ranNs = new Float64Array(began.length);
  const callNs = new Float64Array(began.length);
  began.forEach((op, i) => {
    const at = next[rowOf[i]!]!++;
    const call = launch[op]!;
    ranNs[at] = Math.max(0, ops.durationNs[op]!);
    callNs[at] = call < 0 || ops.graph[op] !== 0 ? -1 : calls.durationNs[call]!;
  });
  return Array.from({ length: rows }, (_, row) => {
    const [from, to] = [first[row]!, first[row + 1]!];
    const short = shortLaunches(ranNs.subarray(from, to), callNs.subarray(from, to));
    const durations = ranNs.subarray(from, to);
    const count = to - from;
    if (count === 0) return { count, short };
    const meanNs = durations.reduce((sum, ns) => sum + ns, 0) / count;
    const { medianNs, p95Ns } = medianAndP95(durations);
    return { count, meanNs, p50Ns: medianNs, p95Ns, short };
  });
}

function shortLaunches(ranNs: Float64Array, callNs: Float64Array): KernelRow['short'] {
  const own = callNs.filter((ns) => ns >= 0);
  if (own.length === 0) return { count: 0, share: 0, totalNs: 0 };
  const launchNs = percentile(own, 0.5);
  let count = 0;
  let totalNs = 0;
  for (let i = 0; i < ranNs.length; i++) {
    if (callNs[i]! < 0 || ranNs[i]! >= launchNs) continue;
    count++;
    totalNs += ranNs[i]!;
  }
  return { launchNs, count, share: count / own.length, totalNs };
}
