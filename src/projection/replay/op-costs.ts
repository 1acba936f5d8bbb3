import type { Trace } from '../../trace/trace.js';
import { EFFECT, NONE, type LaunchGraph } from './launch-graph.js';
import { RecordedState } from './recorded-state.js';
import { linkOf, type Schedule } from './schedule.js';
import { LINK, type StartCosts } from './start-costs.js';
import { Typical } from './typical.js';

/** Way to an idle device where a trace shows none: the median of `traces/small-eager.trace` (H200), ns. */
const DISPATCH_NS = 2_200;
/** From a graph launch to its first node, the dispatch apart, by nodes: `traces/small-graphs.trace`, recorded by node. */
export const GRAPH_BASE_NS = 72;
/** Submitting one node, likewise. */
export const GRAPH_NODE_NS = 1_200;
/** An op that starts this much sooner than its class allows does so for a reason. */
const SOONER_NS = 500;
/** A start that comes so long after the op before says something of another cause. */
const LONGEST_COST_NS = 20_000;
/** A node that starts this long before the one before it has ended is on another branch of its graph. */
const BRANCH_NS = 1_000;
/** How far back a branch's predecessor is looked for. */
const BRANCH_REACH = 256;

type Order = Pick<Schedule, 'opOrder' | 'firstOp'>;

/** Splits the time of each graph launch into what it takes to begin and what each node adds. */
export function setGraphLaunchCosts(graph: LaunchGraph, { firstOp }: Order): void {
  const { calls } = graph;
  for (let c = 0; c < calls.length; c++) {
    if (calls.isGraph[c] === 0) continue;
    const nodes = firstOp[c + 1]! - firstOp[c]!;
    const total = calls.ownNs[c]!;
    const base = Math.min(GRAPH_BASE_NS * nodes, total / 2);
    calls.nodeNs[c] = (total - base) / nodes;
    calls.ownNs[c] = base;
  }
}

/** Sets how long each op takes to reach an idle device. */
export function setLatencies(trace: Trace, graph: LaunchGraph, { opOrder, firstOp }: Order): void {
  const { calls, ops } = graph;
  const { startNs } = trace.ops;
  const keyOf = (c: number, i: number): number => trace.calls.name[calls.row[c]!]! * 8 + ops.sort[i]!;
  const state = new RecordedState(graph);
  const typical = new Typical(DISPATCH_NS);
  for (let c = 0; c < calls.length; c++) {
    const row = calls.row[c]!;
    const single = firstOp[c + 1]! === firstOp[c]! + 1;
    if (single && row !== NONE && calls.isGraph[c] === 0 && calls.effect[c] !== EFFECT.copy) {
      const i = opOrder[firstOp[c]!]!;
      const s = ops.stream[i]!;
      const start = calls.recordedNs[c]!;
      if (state.doneNs[s]! <= start && state.heldNs[s]! <= start) {
        typical.add(keyOf(c, i), startNs[i]! - start - trace.calls.durationNs[row]!);
      }
    }
    advance(state, trace, graph, { opOrder, firstOp }, c);
  }
  for (let c = 0; c < calls.length; c++) {
    const row = calls.row[c]!;
    for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) {
      const i = opOrder[k]!;
      if (row === NONE) {
        ops.latencyNs[i] = -Infinity;
        continue;
      }
      const proven = startNs[i]! - submittedNs(trace, graph, c, k - firstOp[c]!);
      const usual = calls.effect[c] === EFFECT.copy ? 0 : typical.of(keyOf(c, i));
      ops.latencyNs[i] = proven < usual - SOONER_NS ? proven : usual;
    }
  }
}

/** When the `k`th op of a call had been submitted, as recorded: a launch submits when it returns. */
function submittedNs(trace: Trace, { calls }: LaunchGraph, c: number, k: number): number {
  const start = calls.recordedNs[c]!;
  if (calls.isGraph[c] === 1) return start + calls.ownNs[c]! + (k + 1) * calls.nodeNs[c]!;
  if (calls.effect[c] === EFFECT.copy) return start + calls.ownNs[c]!;
  return start + trace.calls.durationNs[calls.row[c]!]!;
}

/**
 * Learns start costs from ops that were on the device's doorstep before the op in front of them had ended, and gives
 * every op that of its pair. Nodes that ran beside others get the latest node that had ended as their predecessor;
 * they are counted.
 */
export function setStartCosts(trace: Trace, graph: LaunchGraph, order: Order, costs: StartCosts): number {
  const { calls, ops } = graph;
  const { opOrder, firstOp } = order;
  const { startNs } = trace.ops;
  const state = new RecordedState(graph);
  let branches = 0;
  for (let c = 0; c < calls.length; c++) {
    for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) {
      const i = opOrder[k]!;
      const s = ops.stream[i]!;
      const before = state.last[s]!;
      const done = state.doneNs[s]!;
      ops.costAfter[i] = before;
      if (ops.latencyNs[i] === -Infinity) {
        // Its launch is not known: it keeps its distance, or its time if nothing is before it.
        if (before === NONE) ops.latencyNs[i] = startNs[i]!;
        else ops.startCostNs[i] = startNs[i]! - done;
      } else if (before !== NONE) {
        const link = linkOf(calls.isGraph, ops.call[before]!, c);
        if (link === LINK.inGraph && startNs[i]! < done - BRANCH_NS) {
          ops.branch[i] = 1;
          ops.dependsOn[i] = endedBefore(graph, order, c, k, startNs);
          branches++;
        } else {
          const ready = submittedNs(trace, graph, c, k - firstOp[c]!) + ops.latencyNs[i]!;
          const cost = startNs[i]! - done;
          const alone = ready <= done - SOONER_NS && state.heldNs[s]! <= done && cost < LONGEST_COST_NS;
          if (alone) {
            costs.learn(link, ops.label[before]!, ops.label[i]!, ops.sort[before]!, ops.sort[i]!, cost);
          }
        }
      }
      state.add(i, startNs[i]! + ops.durationNs[i]!);
    }
    state.mark(c);
  }
  for (let i = 0; i < ops.recorded; i++) {
    const before = ops.costAfter[i]!;
    if (before === NONE || calls.row[ops.call[i]!] === NONE) continue;
    ops.startCostNs[i] = costs.of(
      linkOf(calls.isGraph, ops.call[before]!, ops.call[i]!),
      ops.label[before]!,
      ops.label[i]!,
      ops.sort[before]!,
      ops.sort[i]!,
    );
  }
  return branches;
}

/** The node of the same replay that had ended last when the `k`th op started, or `NONE`. */
function endedBefore(
  { ops }: LaunchGraph,
  { opOrder, firstOp }: Order,
  c: number,
  k: number,
  startNs: Float64Array,
): number {
  const start = startNs[opOrder[k]!]!;
  let found = NONE;
  let latest = -Infinity;
  for (let j = k - 1; j >= firstOp[c]! && j >= k - BRANCH_REACH; j--) {
    const other = opOrder[j]!;
    const end = startNs[other]! + ops.durationNs[other]!;
    if (end <= start && end > latest) {
      latest = end;
      found = other;
    }
  }
  return found;
}

function advance(
  state: RecordedState,
  trace: Trace,
  graph: LaunchGraph,
  { opOrder, firstOp }: Order,
  c: number,
): void {
  for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) {
    const i = opOrder[k]!;
    state.add(i, trace.ops.startNs[i]! + graph.ops.durationNs[i]!);
  }
  state.mark(c);
}
