import type { Jump } from '../document/blocks.js';
import type { Spot } from '../document/spot.js';
import type { ReportResults } from '../results.js';

export type Certainty = 'high' | 'medium' | 'low';

/** Where in the trace a number can be looked up. */
export interface Place extends Partial<Spot> {
  /** Template path; empty outside of any range. */
  readonly path?: string;
  /** Most of the time is under `path`, which `spot` need not be. */
  readonly mostly?: boolean;
}

export interface Evidence {
  readonly text: string;
  readonly place?: Place;
  /** The row of a table that has the whole of it. */
  readonly jump?: Jump;
}

/** Time that a finding would save, and from what: `idle:<cause>` or `gpu:<class>`. Findings with a pool in common overlap. */
export interface Claim {
  readonly pool: string;
  readonly ns: number;
}

/** Something worth doing, or worth knowing (then it claims nothing). */
export interface Finding {
  /** The rule that found it. */
  readonly rule: string;
  readonly title: string;
  readonly evidence: readonly Evidence[];
  readonly certainty: Certainty;
  /** Why it is that certain. */
  readonly because: string;
  readonly suggestion: string;
  readonly claims: readonly Claim[];
}

/** Pure: looks at results, finds one thing or nothing. */
export type Rule = (results: ReportResults) => Finding | undefined;

export function claimedNs(claims: readonly Claim[]): number {
  return claims.reduce((sum, { ns }) => sum + ns, 0);
}

/**
 * The pool of an op class. All KV work is one pool, copies with it: most copies of such a pipeline are the
 * cache's, and to take them for the same time never counts any twice.
 */
export function gpuPool(opClass: string): string {
  return opClass.startsWith('kv.') || opClass === 'memcpy' ? 'gpu:kv' : `gpu:${opClass}`;
}

/** Claims on GPU time by op class, largest first. */
export function gpuClaims(nsOfClass: ReadonlyMap<string, number>): Claim[] {
  const byPool = new Map<string, number>();
  for (const [opClass, ns] of nsOfClass) {
    const pool = gpuPool(opClass);
    byPool.set(pool, (byPool.get(pool) ?? 0) + ns);
  }
  return [...byPool]
    .map(([pool, ns]) => ({ pool, ns: Math.round(ns) }))
    .filter(({ ns }) => ns > 0)
    .toSorted((a, b) => b.ns - a.ns);
}
