import type { IndexIntoCalls, IndexIntoRanges, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { DenseIds } from './dense-ids.js';

/** Where the ops of a range ran on a device: first op start to last op end. */
export interface Projection extends Interval {
  readonly range: IndexIntoRanges;
}

/** Launches of a thread whose common interval is kept: a range over millions of them costs thousands of steps. */
const BLOCK = 1024;

/**
 * Projects ranges onto a device: the ops are those whose launch its thread called while the range was open,
 * nested ranges included. A range that launched nothing there has no projection. In the order of `rows`.
 */
export function projectRanges(
  trace: Trace,
  launch: Int32Array,
  device: number,
  rows: readonly IndexIntoRanges[],
): Projection[] {
  const { ops, calls, ranges } = trace;
  // Ops are sorted by start: the first one seen of a call is its first. Ends are not sorted.
  const firstOp = new Int32Array(calls.length).fill(-1);
  const lastEnd = new Float64Array(calls.length);
  for (let i = 0; i < ops.length; i++) {
    const call = launch[i]!;
    if (call < 0 || ops.device[i] !== device) continue;
    const end = ops.startNs[i]! + Math.max(0, ops.durationNs[i]!);
    if (firstOp[call]! < 0) firstOp[call] = i;
    if (end > lastEnd[call]!) lastEnd[call] = end;
  }
  const threads = new DenseIds();
  for (const range of rows) threads.add(ranges.thread[range]!);
  const launches = launchesByThread(trace, threads, firstOp).map(
    (made) => new ThreadLaunches(trace, made, firstOp, lastEnd),
  );
  const projections: Projection[] = [];
  for (const range of rows) {
    const from = ranges.startNs[range]!;
    const made = launches[threads.find(ranges.thread[range]!)]!;
    const { startNs, endNs } = made.between(from, from + ranges.durationNs[range]!);
    if (startNs < Infinity) projections.push({ range, startNs, endNs });
  }
  return projections;
}

/** The calls of each thread that launched something, in order of their starts. */
function launchesByThread({ calls }: Trace, threads: DenseIds, firstOp: Int32Array): Int32Array[] {
  const { thread, length } = calls;
  const counts = new Int32Array(threads.ids.length);
  for (let c = 0; c < length; c++) {
    const at = firstOp[c]! < 0 ? -1 : threads.find(thread[c]!);
    if (at >= 0) counts[at]!++;
  }
  const lists = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let c = 0; c < length; c++) {
    const at = firstOp[c]! < 0 ? -1 : threads.find(thread[c]!);
    if (at >= 0) lists[at]![counts[at]!++] = c;
  }
  return lists;
}

class ThreadLaunches {
  readonly #calls: Int32Array;
  readonly #callStart: Float64Array;
  readonly #opStart: Float64Array;
  readonly #firstOp: Int32Array;
  readonly #lastEnd: Float64Array;
  readonly #blockStart: Float64Array;
  readonly #blockEnd: Float64Array;

  constructor({ calls, ops }: Trace, made: Int32Array, firstOp: Int32Array, lastEnd: Float64Array) {
    this.#calls = made;
    this.#callStart = calls.startNs;
    this.#opStart = ops.startNs;
    this.#firstOp = firstOp;
    this.#lastEnd = lastEnd;
    const blocks = Math.ceil(made.length / BLOCK);
    this.#blockStart = new Float64Array(blocks).fill(Infinity);
    this.#blockEnd = new Float64Array(blocks).fill(-Infinity);
    for (let k = 0; k < made.length; k++) {
      const block = Math.floor(k / BLOCK);
      const start = ops.startNs[firstOp[made[k]!]!]!;
      if (start < this.#blockStart[block]!) this.#blockStart[block] = start;
      if (lastEnd[made[k]!]! > this.#blockEnd[block]!) this.#blockEnd[block] = lastEnd[made[k]!]!;
    }
  }

  /** The common interval of the ops launched by calls that started in `[from, until)`; from Infinity if there are none. */
  between(from: number, until: number): Interval {
    const end = this.#firstFrom(until);
    let startNs = Infinity;
    let endNs = -Infinity;
    for (let k = this.#firstFrom(from); k < end;) {
      if (k % BLOCK === 0 && k + BLOCK <= end) {
        const block = k / BLOCK;
        startNs = Math.min(startNs, this.#blockStart[block]!);
        endNs = Math.max(endNs, this.#blockEnd[block]!);
        k += BLOCK;
        continue;
      }
      const call: IndexIntoCalls = this.#calls[k]!;
      startNs = Math.min(startNs, this.#opStart[this.#firstOp[call]!]!);
      endNs = Math.max(endNs, this.#lastEnd[call]!);
      k++;
    }
    return { startNs, endNs };
  }

  /** Place of the first call that starts at or after a time. */
  #firstFrom(time: number): number {
    let low = 0;
    let high = this.#calls.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#callStart[this.#calls[middle]!]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
