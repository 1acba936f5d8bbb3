import { medianAndP95 } from './percentile.js';

/** Of the nearest-rank kind (`percentile.ts`), in nanoseconds. */
export interface Spread {
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
}

/** Of at least one value. Reorders `values`. */
export function spreadOf(values: Float64Array): Spread {
  let sum = 0;
  for (const value of values) sum += value;
  const { medianNs, p95Ns } = medianAndP95(values);
  return { meanNs: sum / values.length, p50Ns: medianNs, p95Ns };
}
