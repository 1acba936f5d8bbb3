import { NONE, type HostCut, type LaunchGraph } from './launch-graph.js';
import { LINK, type StartCosts } from './start-costs.js';

/** A launch graph made ready to run: what follows from which calls and ops are left. */
export interface Schedule {
  /** Ops that are left, call by call; those of call c from `firstOp[c]` on. */
  readonly opOrder: Int32Array;
  readonly firstOp: Int32Array;
  /** Call → host time before it: its own, and what is left of that before removed calls in front of it. */
  readonly gapNs: Float64Array;
  /** Op → its start cost after the op that now comes before it. */
  readonly startCostNs: Float64Array;
}

export function scheduleOf(graph: LaunchGraph, costs: StartCosts): Schedule {
  const { opOrder, firstOp } = orderOps(graph);
  return { opOrder, firstOp, gapNs: hostGaps(graph), startCostNs: startCosts(graph, opOrder, costs) };
}

/** Ops by call, and within a call in recorded order, with added ones before the op they belong to. */
export function orderOps({ ops, calls }: LaunchGraph): Pick<Schedule, 'opOrder' | 'firstOp'> {
  const added = new Map<number, number[]>();
  for (let i = ops.recorded; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    const at = ops.before[i]!;
    const list = added.get(at);
    if (list === undefined) added.set(at, [i]);
    else list.push(i);
  }
  const firstOp = new Int32Array(calls.length + 1);
  let count = 0;
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    firstOp[ops.call[i]! + 1]!++;
    count++;
  }
  for (let c = 0; c < calls.length; c++) firstOp[c + 1]! += firstOp[c]!;
  const next = firstOp.slice();
  const opOrder = new Int32Array(count);
  const put = (i: number): void => {
    opOrder[next[ops.call[i]!]!++] = i;
  };
  for (let i = 0; i < ops.recorded; i++) {
    if (added.size > 0) added.get(i)?.forEach(put);
    if (ops.removed[i] === 0) put(i);
  }
  return { opOrder, firstOp };
}

/**
 * Host time before each call. A removed call takes its own time with it but leaves the host time before it, unless
 * that was cut: what the program does between calls goes only if an edit says so.
 */
function hostGaps({ calls, cuts, threads }: LaunchGraph): Float64Array {
  const cutsOf = new CutTime(cuts, threads);
  const pending = new Float64Array(threads);
  const gapNs = new Float64Array(calls.length);
  for (let c = 0; c < calls.length; c++) {
    const t = calls.thread[c]!;
    const gap = calls.gapNs[c]!;
    const until = calls.recordedNs[c]!;
    let left = gap;
    if (gap > 0 && cutsOf.any) left -= cutsOf.within(t, until - gap, until);
    const scaled = Math.max(0, left) * calls.hostScale[c]!;
    if (calls.removed[c] === 1) {
      pending[t]! += scaled;
    } else {
      gapNs[c] = pending[t]! + scaled;
      pending[t] = 0;
    }
  }
  return gapNs;
}

/** How much of a stretch of a thread's time was cut. Stretches are asked for in order of time, thread by thread. */
class CutTime {
  readonly any: boolean;
  readonly #from: number[][];
  readonly #to: number[][];
  readonly #next: Int32Array;

  constructor(cuts: readonly HostCut[], threads: number) {
    this.any = cuts.length > 0;
    this.#from = Array.from({ length: threads }, () => []);
    this.#to = Array.from({ length: threads }, () => []);
    this.#next = new Int32Array(threads);
    for (const { thread, fromNs, toNs } of cuts.toSorted((a, b) => a.fromNs - b.fromNs)) {
      if (!(toNs > fromNs)) continue;
      const from = this.#from[thread]!;
      const to = this.#to[thread]!;
      const last = to.length - 1;
      // Cuts of several edits may overlap: time is taken away once.
      if (last >= 0 && fromNs <= to[last]!) to[last] = Math.max(to[last]!, toNs);
      else {
        from.push(fromNs);
        to.push(toNs);
      }
    }
  }

  within(thread: number, fromNs: number, toNs: number): number {
    const from = this.#from[thread]!;
    const to = this.#to[thread]!;
    let i = this.#next[thread]!;
    while (i < to.length && to[i]! <= fromNs) i++;
    this.#next[thread] = i;
    let sum = 0;
    for (; i < to.length && from[i]! < toNs; i++) {
      sum += Math.min(to[i]!, toNs) - Math.max(from[i]!, fromNs);
    }
    return sum;
  }
}

/** Start costs as they are where the op before is the recorded one, looked up anew where it is another. */
function startCosts(
  { ops, calls, streams }: LaunchGraph,
  opOrder: Int32Array,
  costs: StartCosts,
): Float64Array {
  const last = new Int32Array(streams).fill(NONE);
  const startCostNs = new Float64Array(ops.length);
  for (const i of opOrder) {
    const s = ops.stream[i]!;
    const before = last[s]!;
    last[s] = i;
    let cost = ops.startCostNs[i]!;
    if (before === NONE) cost = 0;
    else if (before !== ops.costAfter[i] && ops.latencyNs[i]! > -Infinity) {
      cost = costs.of(
        linkOf(calls.isGraph, ops.call[before]!, ops.call[i]!),
        ops.label[before]!,
        ops.label[i]!,
        ops.sort[before]!,
        ops.sort[i]!,
      );
    }
    startCostNs[i] = cost * ops.costScale[i]!;
  }
  return startCostNs;
}

export function linkOf(isGraph: Uint8Array, callBefore: number, call: number): number {
  if (isGraph[call] === 1) return callBefore === call ? LINK.inGraph : LINK.graphHead;
  return isGraph[callBefore] === 1 ? LINK.afterGraph : LINK.launched;
}
