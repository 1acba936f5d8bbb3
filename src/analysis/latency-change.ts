import { percentile } from './percentile.js';
import { rankTest, smallestP } from './rank-test.js';

/** Latencies of one kind in one run. */
export interface Latencies {
  readonly count: number;
  /** The median (nearest rank) or the mean, as `LatencyChange.statistic` says. */
  readonly ns: number;
  readonly minNs: number;
  readonly maxNs: number;
}

/**
 * Whether a difference is more than the instances of one run differ among themselves:
 * - `beyond`: it is. By `rank-test`, p ≤ 0.05; or by `ranges`, where there are too few instances for a p that small:
 *   the slowest of one run is faster than the fastest of the other
 * - `within`: it is not
 * - `unknown`: one of the runs has a single instance, so that its spread is not known
 */
export type SpreadVerdict =
  | { readonly verdict: 'beyond' | 'within'; readonly rule: 'rank-test'; readonly p: number }
  | { readonly verdict: 'beyond' | 'within'; readonly rule: 'ranges' }
  | { readonly verdict: 'unknown' };

/** A latency in both runs; a side without it is absent. */
export interface LatencyChange {
  readonly what: 'steady-block' | 'block' | 'first-block' | 'inter-frame' | 'switch' | 'instance' | 'window';
  /** `quotient`: the median block over the frames it makes. */
  readonly statistic: 'median' | 'mean' | 'single' | 'quotient';
  readonly base?: Latencies;
  readonly candidate?: Latencies;
  /** Candidate less base. */
  readonly differenceNs?: number;
  /** The difference over the base; absent where the base is 0. */
  readonly share?: number;
  readonly spread?: SpreadVerdict;
}

/** p above which a rank test says nothing. */
const LARGEST_P = 0.05;

export function latencyChange(
  what: LatencyChange['what'],
  statistic: 'median' | 'mean',
  base: readonly number[],
  candidate: readonly number[],
): LatencyChange | undefined {
  if (base.length === 0 && candidate.length === 0) return undefined;
  const isSingle = base.length <= 1 && candidate.length <= 1;
  const spread = base.length === 0 || candidate.length === 0 ? undefined : spreadVerdict(base, candidate);
  return {
    ...changeOf(what, isSingle ? 'single' : statistic, summed(base, statistic), summed(candidate, statistic)),
    ...(spread === undefined ? {} : { spread }),
  };
}

export function changeOf(
  what: LatencyChange['what'],
  statistic: LatencyChange['statistic'],
  base: Latencies | undefined,
  candidate: Latencies | undefined,
): LatencyChange {
  const differenceNs = base === undefined || candidate === undefined ? undefined : candidate.ns - base.ns;
  return {
    what,
    statistic,
    ...(base === undefined ? {} : { base }),
    ...(candidate === undefined ? {} : { candidate }),
    ...(differenceNs === undefined ? {} : { differenceNs }),
    ...(differenceNs === undefined || base!.ns === 0 ? {} : { share: differenceNs / base!.ns }),
  };
}

function summed(values: readonly number[], statistic: 'median' | 'mean'): Latencies | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((all, ns) => all + ns, 0);
  return {
    count: values.length,
    ns: statistic === 'median' ? percentile(Float64Array.from(values), 0.5) : Math.round(sum / values.length),
    minNs: values.reduce((least, ns) => Math.min(least, ns), Infinity),
    maxNs: values.reduce((most, ns) => Math.max(most, ns), -Infinity),
  };
}

export function spreadVerdict(base: readonly number[], candidate: readonly number[]): SpreadVerdict {
  if (base.length < 2 || candidate.length < 2) return { verdict: 'unknown' };
  if (smallestP(base.length, candidate.length) <= LARGEST_P) {
    const p = rankTest(base, candidate);
    return { verdict: p <= LARGEST_P ? 'beyond' : 'within', rule: 'rank-test', p };
  }
  const apart = Math.max(...base) < Math.min(...candidate) || Math.max(...candidate) < Math.min(...base);
  return { verdict: apart ? 'beyond' : 'within', rule: 'ranges' };
}
