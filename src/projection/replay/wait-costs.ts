import type { Trace } from '../../trace/trace.js';
import { EFFECT, type LaunchGraph } from './launch-graph.js';
import { RecordedState } from './recorded-state.js';
import type { Schedule } from './schedule.js';
import { Typical } from './typical.js';

/** From the end of the last op to the return of a host wait: the median of `traces/small-eager.trace` (H200), ns. */
const RETURN_NS = 2_950;
/** A host wait that finds nothing to wait for, likewise. */
const EMPTY_WAIT_NS = 1_950;
/** From the call of a copy that blocks to its start on an idle device. */
const BLOCKING_SUBMIT_NS = 4_000;
/** Ops and calls are timed by two clocks. */
const CLOCK_SLACK_NS = 1_000;

/**
 * Sets `ownNs` and `returnNs` of waits. One that waited: what it took to return is measured, its own time is that of
 * waits that found nothing to wait for. One that found nothing: its own time is measured, its return is as long as that of
 * others. One that returned before what it
 * should have waited for was done waits for something else, and is made to wait for nothing; they are counted.
 */
export function setWaitCosts(
  trace: Trace,
  graph: LaunchGraph,
  { opOrder, firstOp }: Pick<Schedule, 'opOrder' | 'firstOp'>,
): number {
  const { ops } = trace;
  const { calls } = graph;
  const { effect, ownNs, returnNs, row, recordedNs } = calls;
  const durationOf = (c: number): number => trace.calls.durationNs[row[c]!]!;
  const endOf = (i: number): number => ops.startNs[i]! + graph.ops.durationNs[i]!;
  const state = new RecordedState(graph);
  const awaitedNs = new Float64Array(calls.length).fill(NaN);
  const returns = new Typical(RETURN_NS);
  const empty = new Typical(EMPTY_WAIT_NS);
  const submits = new Typical(BLOCKING_SUBMIT_NS);
  let contradicted = 0;
  for (let c = 0; c < calls.length; c++) {
    const start = recordedNs[c]!;
    const before =
      firstOp[c]! < firstOp[c + 1]! ? state.doneNs[graph.ops.stream[opOrder[firstOp[c]!]!]!]! : 0;
    for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) state.add(opOrder[k]!, endOf(opOrder[k]!));
    state.mark(c);
    if (effect[c] === EFFECT.copy) {
      const op = opOrder[firstOp[c]!]!;
      awaitedNs[c] = endOf(op);
      returns.add(EFFECT.copy, start + durationOf(c) - endOf(op));
      if (before <= start) submits.add(0, ops.startNs[op]! - start);
      continue;
    }
    const awaited = state.awaited(c);
    if (awaited === undefined) continue;
    const end = start + durationOf(c);
    if (awaited > end + CLOCK_SLACK_NS) {
      effect[c] = EFFECT.none;
      contradicted++;
      continue;
    }
    awaitedNs[c] = awaited;
    if (awaited > start) returns.add(effect[c]!, end - awaited);
  }
  // What was done so long before that its return cannot have held the call.
  for (let c = 0; c < calls.length; c++) {
    if (awaitedNs[c]! + returns.of(effect[c]!) <= recordedNs[c]!) empty.add(effect[c]!, durationOf(c));
  }
  for (let c = 0; c < calls.length; c++) {
    const awaited = awaitedNs[c]!;
    if (Number.isNaN(awaited)) continue;
    const start = recordedNs[c]!;
    const end = start + durationOf(c);
    if (effect[c] === EFFECT.copy) {
      const op = opOrder[firstOp[c]!]!;
      ownNs[c] = Math.max(0, Math.min(submits.of(0), ops.startNs[op]! - start));
      returnNs[c] = Math.max(0, end - awaited);
    } else if (awaited + returns.of(effect[c]!) > start + empty.of(effect[c]!)) {
      ownNs[c] = Math.min(empty.of(effect[c]!), durationOf(c));
      returnNs[c] = Math.max(0, end - awaited);
    } else {
      returnNs[c] = Math.min(returns.of(effect[c]!), Math.max(0, end - awaited));
    }
  }
  return contradicted;
}

/** Whether a call makes its thread wait for the device. */
export function isWait(effect: number): boolean {
  return (
    effect === EFFECT.stream || effect === EFFECT.device || effect === EFFECT.event || effect === EFFECT.copy
  );
}
