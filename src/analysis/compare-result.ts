import type { LatencyChange } from './latency-change.js';
import type { RunDifference } from './run-differences.js';

/**
 * What the sums are over: the steady blocks of both runs, all blocks where one has no steady one, the ranges that a
 * window names, or one stretch of time.
 */
export type CompareBasis = 'steady-blocks' | 'blocks' | 'instances' | 'window';

/** One thing that is in either run, or in both. Times are sums over all devices and processes. */
export interface CompareRow {
  /** A template path, a kernel's short name, a cause. */
  readonly label: string;
  /** Kernels: the whole name, by which they are matched. */
  readonly fullName?: string;
  readonly baseCount: number;
  readonly candidateCount: number;
  readonly baseNs: number;
  readonly candidateNs: number;
  /** An instance's share, whole and so rounded that the rows of a list sum to its total; the sum itself if per total. */
  readonly baseEachNs: number;
  readonly candidateEachNs: number;
  /** `candidateEachNs - baseEachNs`. */
  readonly differenceNs: number;
}

/** Gaps of one kind, as `gapscope gaps` groups them; matched by these four. */
export interface CompareHotspot extends CompareRow {
  /** Classes of the ops before and after, or `(start)`, `(end)`. */
  readonly before: string;
  readonly after: string;
  /** Template path of the op after. */
  readonly path: string;
  readonly cause: string;
}

/** A run's time, or an instance's share of it: `spanNs` is `busyNs + idleNs`, `busyNs` is `opNs - overlapNs`. */
export interface CompareTimes {
  /** Sum of the ops' durations, clipped to the windows: ops that overlap count twice. */
  readonly opNs: number;
  /** What counts twice in `opNs`. */
  readonly overlapNs: number;
  /** Time in which some op ran. */
  readonly busyNs: number;
  readonly idleNs: number;
  readonly spanNs: number;
}

/** Sums of a run within the windows. */
export interface CompareTotals extends CompareTimes {
  readonly ops: number;
  /** How many windows they are over: blocks or ranges, each on one device of one process. */
  readonly instances: number;
  /** GPUs that the windows are on, counted for each process. */
  readonly devices: number;
  /** Time of two windows at once, given to the earlier. */
  readonly clippedNs: number;
  /** `instances`, or 1 if per total: what the sums are divided by. */
  readonly dividedBy: number;
  readonly each: CompareTimes;
}

/** What changed from one run to another. Largest difference first; the rows of each list sum to the totals. */
export interface CompareResult {
  readonly schema: 'gapscope.compare/1';
  readonly window?: string;
  readonly basis: CompareBasis;
  readonly per: 'total' | 'instance';
  readonly base: CompareTotals;
  readonly candidate: CompareTotals;
  /** The headline: latencies in both, whatever the sums are over. */
  readonly latencies: readonly LatencyChange[];
  /** Time of ops by their template path. */
  readonly byTemplate: readonly CompareRow[];
  /** Time of ops by name. */
  readonly byKernel: readonly CompareRow[];
  /** Idle time by cause; `count` is the gaps in which the cause has a part. */
  readonly byCause: readonly CompareRow[];
  /** Idle time by hotspot; `count` is the gaps. */
  readonly byHotspot: readonly CompareHotspot[];
  /** How the two runs were made, where that differs. */
  readonly differences: readonly RunDifference[];
  /** As run.json of both gives it. */
  readonly peakMemoryBytes?: { readonly base: number; readonly candidate: number };
  /** What qualifies the comparison. */
  readonly notices: readonly string[];
}
