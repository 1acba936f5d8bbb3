import type { WhatIfContext } from '../context.js';
import { EFFECT, editable, NONE, type HostCut, type LaunchGraph } from '../replay/launch-graph.js';

/** What a framework does at most to launch one op; a longer stretch before a call is the program's own, and stays. */
const LAUNCH_WORK_NS = 100_000;

/**
 * Takes calls out of the program, their host time with them: the call, what its thread did before it since the range
 * around it began (0.1 ms at most), and all of every range that has no call left. Host time outside those ranges stays.
 */
export function withoutCalls(context: WhatIfContext, graph: LaunchGraph, gone: Uint8Array): LaunchGraph {
  const edited = editable(graph);
  const cuts: HostCut[] = [...graph.cuts];
  for (let c = 0; c < edited.calls.length; c++) {
    if (gone[c] === 0 || edited.calls.removed[c] === 1) continue;
    edited.calls.removed[c] = 1;
    cuts.push(ownHostTime(context, graph, c));
  }
  cuts.push(...vacatedRanges(context, edited, gone));
  return { ...edited, cuts };
}

/** The call, and what its thread did for it: since its innermost range began, or since the call before. */
function ownHostTime({ trace, timeline }: WhatIfContext, { calls }: LaunchGraph, c: number): HostCut {
  const row = calls.row[c]!;
  const startNs = calls.recordedNs[c]!;
  const range = row === NONE ? -1 : timeline.nesting.ofCall[row]!;
  const began = range < 0 ? -Infinity : trace.ranges.startNs[range]!;
  return {
    thread: calls.thread[c]!,
    fromNs: Math.max(startNs - Math.min(calls.gapNs[c]!, LAUNCH_WORK_NS), began),
    toNs: row === NONE ? startNs : startNs + trace.calls.durationNs[row]!,
  };
}

/** Ranges that lost a call and have none left. */
function vacatedRanges(
  { trace, timeline }: WhatIfContext,
  { calls }: LaunchGraph,
  gone: Uint8Array,
): HostCut[] {
  const { ranges } = trace;
  const { ofCall, parent } = timeline.nesting;
  const left = new Int32Array(ranges.length);
  const lost = new Uint8Array(ranges.length);
  const threadOf = new Int32Array(ranges.length);
  for (let c = 0; c < calls.length; c++) {
    const row = calls.row[c]!;
    const range = row === NONE ? -1 : ofCall[row]!;
    if (range < 0) continue;
    threadOf[range] = calls.thread[c]!;
    if (calls.removed[c] === 0) left[range]!++;
    if (gone[c] === 1) lost[range] = 1;
  }
  const cuts: HostCut[] = [];
  // Parents come before their children.
  for (let r = ranges.length - 1; r >= 0; r--) {
    if (left[r] === 0 && lost[r] === 1) {
      const fromNs = ranges.startNs[r]!;
      cuts.push({ thread: threadOf[r]!, fromNs, toNs: fromNs + ranges.durationNs[r]! });
    }
    const around = parent[r]!;
    if (around < 0) continue;
    left[around]! += left[r]!;
    if (lost[r] === 1) {
      lost[around] = 1;
      threadOf[around] = threadOf[r]!;
    }
  }
  return cuts;
}

/** Takes ops out, and the calls that launched nothing else. */
export function withoutOps(
  context: WhatIfContext,
  graph: LaunchGraph,
  drop: (op: number) => boolean,
): LaunchGraph {
  const edited = editable(graph);
  const { ops, calls } = edited;
  const left = new Int32Array(calls.length);
  const lost = new Uint8Array(calls.length);
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    const c = ops.call[i]!;
    if (drop(i)) {
      ops.removed[i] = 1;
      lost[c] = 1;
    } else {
      left[c]!++;
    }
  }
  passDependencies(edited);
  const gone = new Uint8Array(calls.length);
  for (let c = 0; c < calls.length; c++) {
    const waits = calls.effect[c] !== EFFECT.none && calls.effect[c] !== EFFECT.copy;
    if (lost[c] === 1 && left[c] === 0 && !waits) gone[c] = 1;
  }
  return withoutCalls(context, edited, gone);
}

/** An op that waited for a removed one waits for what that waited for. */
function passDependencies({ ops }: LaunchGraph): void {
  for (let i = 0; i < ops.length; i++) {
    let other = ops.dependsOn[i]!;
    // Nodes depend on earlier nodes: this ends.
    while (other !== NONE && ops.removed[other] === 1) other = ops.dependsOn[other]!;
    ops.dependsOn[i] = other;
  }
}
