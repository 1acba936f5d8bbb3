import { RANGE_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import { DenseIds } from './dense-ids.js';

/** How push/pop ranges nest, and which of them each host call was made in. */
export interface RangeNesting {
  /** Call → row of the innermost push/pop range open on its thread when it started, or -1. */
  readonly ofCall: Int32Array;
  /** Range → row of the innermost push/pop range of its thread around it, or -1. */
  readonly parent: Int32Array;
  /** Ranges that lie deeper than `MAX_NESTING`. */
  readonly tooDeep: number;
  /** Push/pop ranges that end after one that was open when they began: they cross it. */
  readonly crossing: number;
}

/**
 * Ranges lie at most so deep in each other, the outermost at depth 1; one that lies deeper is taken to lie beside the one
 * around it. Programs stay far below; durations of a damaged file may put thousands into each other, each with a path of
 * all the others.
 */
export const MAX_NESTING = 256;

/**
 * One sweep over ranges and calls in time order, with a stack of open ranges for each thread. A range
 * `[start, end)` contains an instant t if start ≤ t < end, so one of no length contains nothing. "Innermost" is
 * the one opened last. Start/end ranges and marks belong to no stack.
 *
 * The `parent` column is not used: other tools' files lack it, and a recording that began late has parents
 * that were never recorded. Ranges that cross (two NVTX domains, clipping) are no parents of each other: a
 * parent contains its child to the end.
 */
export function nestRanges(trace: Trace): RangeNesting {
  const { ranges, calls } = trace;
  const { startNs, durationNs, kind } = ranges;
  const callStart = calls.startNs;
  const callThread = calls.thread;
  const ofCall = new Int32Array(calls.length).fill(-1);
  const parent = new Int32Array(ranges.length).fill(-1);
  const depth = new Uint16Array(ranges.length).fill(1);
  let tooDeep = 0;
  const threads = new DenseIds();
  const stacks: number[][] = [];

  let next = 0;
  let crossing = 0;
  const openUntil = (t: number): void => {
    for (; next < ranges.length && startNs[next]! <= t; next++) {
      if (kind[next] !== RANGE_KIND.pushPop) continue;
      const start = startNs[next]!;
      const end = start + durationNs[next]!;
      const stack = (stacks[threads.add(ranges.thread[next]!)] ??= []);
      while (stack.length > 0 && endOf(stack.at(-1)!) <= start) stack.pop();
      let crosses = false;
      for (let i = stack.length - 1; i >= 0; i--) {
        if (endOf(stack[i]!) <= start) continue;
        if (endOf(stack[i]!) >= end) {
          const around = stack[i]!;
          const isDeep = depth[around]! === MAX_NESTING;
          if (isDeep) tooDeep++;
          parent[next] = isDeep ? parent[around]! : around;
          depth[next] = isDeep ? MAX_NESTING : depth[around]! + 1;
          break;
        }
        crosses = true;
      }
      if (crosses) crossing++;
      stack.push(next);
    }
  };
  const endOf = (row: number): number => startNs[row]! + durationNs[row]!;

  for (let c = 0; c < calls.length; c++) {
    const t = callStart[c]!;
    if (next < ranges.length && startNs[next]! <= t) openUntil(t);
    const thread = threads.find(callThread[c]!);
    if (thread < 0) continue;
    const stack = stacks[thread]!;
    // Ranges that have ended leave from the top only: what lies under an open one is looked at when it goes.
    while (stack.length > 0 && endOf(stack[stack.length - 1]!) <= t) stack.pop();
    if (stack.length > 0) ofCall[c] = stack[stack.length - 1]!;
  }
  openUntil(Infinity);
  return { ofCall, parent, crossing, tooDeep };
}
