import type { IndexIntoOps, Trace } from '../trace/trace.js';
import { findGaps, type Interval } from './busy.js';
import { CAUSES, type Cause } from './causes.js';
import type { GapSplitter } from './gap-split.js';
import { visitIdleInSlices } from './idle-pieces.js';
import { runThrough, type Sliced } from './slices.js';

/**
 * A piece of a gap, charged to the op that ends it (-1 if none does): `parts` are its nanoseconds by `CAUSES`, in an
 * array that is used again for the next one.
 */
export type IdleVisitor = (
  after: IndexIntoOps,
  ns: number,
  parts: Float64Array,
  before: IndexIntoOps,
) => void;

/** Hands out the idle time of `windows` (sorted, disjoint): the gaps, cut to them. */
export function chargeIdle(
  trace: Trace,
  splitter: GapSplitter,
  device: number,
  windows: readonly Interval[],
  visit: IdleVisitor,
): void {
  runThrough(chargeIdleInSlices(trace, splitter, device, windows, visit));
}

/** The same in slices. */
export function* chargeIdleInSlices(
  trace: Trace,
  splitter: GapSplitter,
  device: number,
  windows: readonly Interval[],
  visit: IdleVisitor,
): Sliced<void> {
  if (windows.length === 0) return;
  const gaps = findGaps(trace, device, { startNs: windows[0]!.startNs, endNs: windows.at(-1)!.endNs });
  yield;
  yield* visitIdleInSlices(splitter, gaps, windows, ({ gap, after, durationNs, whole, parts }) => {
    if (whole >= 0) {
      parts.fill(0);
      parts[whole] = durationNs;
    }
    visit(after, durationNs, parts, gaps.before[gap]!);
  });
}

/** Nanoseconds by `CAUSES` as a result shows them. */
export function byCause(parts: Float64Array): Record<Cause, number> {
  return Object.fromEntries(CAUSES.map((cause, c) => [cause, parts[c]!])) as Record<Cause, number>;
}
