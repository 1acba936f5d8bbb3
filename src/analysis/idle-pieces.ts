import type { IndexIntoOps } from '../trace/trace.js';
import type { DeviceGaps, Interval } from './busy.js';
import { CAUSES } from './causes.js';
import type { GapSplitter } from './gap-split.js';
import type { Sliced } from './slices.js';

/** A gap cut to a window, and where its time goes. */
export interface IdlePiece {
  /** Number of the gap in `DeviceGaps`. */
  gap: number;
  /** The op that the gap ends with, or -1. */
  after: IndexIntoOps;
  startNs: number;
  durationNs: number;
  /** The only cause, or -1 where `parts` tells. */
  whole: number;
  /** Nanoseconds by `CAUSES`, where `whole` is -1; they sum to `durationNs`. */
  readonly parts: Float64Array;
}

/** A millisecond or two of work. */
const GAPS_A_SLICE = 8192;

/** Visits every piece of idle time within the windows (sorted, disjoint), in order. The piece is reused. */
export function visitIdle(
  splitter: GapSplitter,
  gaps: DeviceGaps,
  windows: readonly Interval[],
  visit: (piece: IdlePiece) => void,
): void {
  visitSome(splitter, gaps, 0, gaps.length, windows, 0, visit);
}

/** The same in slices. */
export function* visitIdleInSlices(
  splitter: GapSplitter,
  gaps: DeviceGaps,
  windows: readonly Interval[],
  visit: (piece: IdlePiece) => void,
): Sliced<void> {
  let w = 0;
  for (let from = 0; from < gaps.length; from += GAPS_A_SLICE) {
    w = visitSome(splitter, gaps, from, Math.min(gaps.length, from + GAPS_A_SLICE), windows, w, visit);
    yield;
  }
}

/** The gaps from one number to before another; `w`, the first window that has not ended yet, is handed on. */
function visitSome(
  splitter: GapSplitter,
  gaps: DeviceGaps,
  first: number,
  end: number,
  windows: readonly Interval[],
  firstWindow: number,
  visit: (piece: IdlePiece) => void,
): number {
  const parts = new Float64Array(CAUSES.length);
  const piece: IdlePiece = { gap: 0, after: -1, startNs: 0, durationNs: 0, whole: -1, parts };
  let w = firstWindow;
  for (let g = first; g < end; g++) {
    const gapStart = gaps.startNs[g]!;
    const gapEnd = gaps.endNs[g]!;
    const before = gaps.before[g]!;
    const after = gaps.after[g]!;
    while (w < windows.length && windows[w]!.endNs <= gapStart) w++;
    for (let v = w; v < windows.length && windows[v]!.startNs < gapEnd; v++) {
      const from = Math.max(gapStart, windows[v]!.startNs);
      const to = Math.min(gapEnd, windows[v]!.endNs);
      piece.gap = g;
      piece.after = after;
      piece.startNs = from;
      piece.durationNs = to - from;
      piece.whole = splitter.wholeCause(gapStart, before, after);
      if (piece.whole < 0) {
        // Not `fill`: for a dozen numbers the call costs more than the loop, and there are millions of gaps.
        for (let c = 0; c < parts.length; c++) parts[c] = 0;
        splitter.splitByCall(after, from, to, parts);
      }
      visit(piece);
    }
  }
  return w;
}
