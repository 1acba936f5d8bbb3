import { gapsOf, kernelsOf, overlapOf, type ReportResults } from '../results.js';
import { claimedNs, gpuPool, type Finding } from './finding.js';
import { RULES } from './rules.js';

export interface RankedFinding extends Finding {
  /** From 1, in order of what they could save. */
  readonly rank: number;
  /** Upper bound within the window, nanoseconds; absent where nothing is claimed. */
  readonly boundNs?: number;
  /** `boundNs` over the window. */
  readonly share?: number;
  /** Ranks of the findings that draw on the same time: their bounds do not add up. */
  readonly overlapsWith: readonly number[];
}

/** What all rules find, largest upper bound first; what claims nothing comes last. */
export function findAll(results: ReportResults, rules = RULES): RankedFinding[] {
  const { spanNs } = gapsOf(results).window;
  const found = rules
    .map((rule) => rule(results))
    .filter((finding) => finding !== undefined)
    .toSorted((a, b) => claimedNs(b.claims) - claimedNs(a.claims));
  return found.map((finding, i) => {
    const boundNs = Math.min(spanNs, claimedNs(finding.claims));
    const overlapsWith = found.flatMap((other, j) => (j !== i && overlap(finding, other) ? [j + 1] : []));
    return {
      ...finding,
      rank: i + 1,
      ...(boundNs > 0 ? { boundNs, share: spanNs > 0 ? boundNs / spanNs : 0 } : {}),
      overlapsWith,
    };
  });
}

function overlap(a: Finding, b: Finding): boolean {
  const pools = new Set(a.claims.filter(({ ns }) => ns > 0).map(({ pool }) => pool));
  return b.claims.some(({ pool, ns }) => ns > 0 && pools.has(pool));
}

/** The most that all findings could save together: no pool gives more than is claimed of it, nor more than it holds. */
export function togetherNs(findings: readonly Finding[], results: ReportResults): number {
  const claimed = new Map<string, number>();
  for (const { pool, ns } of findings.flatMap(({ claims }) => claims)) {
    claimed.set(pool, (claimed.get(pool) ?? 0) + ns);
  }
  const held = poolSizes(results);
  let sum = 0;
  for (const [pool, ns] of claimed) sum += Math.min(ns, held.get(pool) ?? ns);
  return Math.min(sum, gapsOf(results).window.spanNs);
}

/** How much time there is in each pool, as far as the results tell. */
function poolSizes(results: ReportResults): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [cause, ns] of Object.entries(gapsOf(results).idleByCause)) sizes.set(`idle:${cause}`, ns);
  for (const { class: opClass, totalNs } of kernelsOf(results)?.kernels ?? []) {
    const pool = gpuPool(opClass);
    sizes.set(pool, (sizes.get(pool) ?? 0) + totalNs);
  }
  const copies = overlapOf(results)?.copies;
  if (copies !== undefined) sizes.set('gpu:kv', (sizes.get('gpu:kv') ?? 0) + copies.busyNs);
  return sizes;
}
