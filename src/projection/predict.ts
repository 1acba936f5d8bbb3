import type { WhatIfContext } from './context.js';
import type { Edit } from './edits/edit.js';
import type { LaunchGraph } from './replay/launch-graph.js';
import { replay, type Times } from './replay/replay.js';
import { scheduleOf } from './replay/schedule.js';
import { latencies, medianOf } from './target.js';
import { medianInterval } from './uncertainty.js';

/** A replay of some graph, and what the target's latency is in it. */
export interface Prediction {
  readonly graph: LaunchGraph;
  readonly times: Times;
  /** By target instance; NaN where nothing of it is left. */
  readonly instanceNs: Float64Array;
  /** Median of the chosen instances; NaN if nothing is left of them. */
  readonly medianNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

export function predict(context: WhatIfContext, graph: LaunchGraph): Prediction {
  const { target, built } = context;
  const times = replay(graph, scheduleOf(graph, built.costs));
  const instanceNs = latencies(target, graph, times);
  const chosen = Float64Array.from(target.chosen, (n) => instanceNs[n]!);
  return { graph, times, instanceNs, medianNs: medianOf(target, instanceNs), ...medianInterval(chosen) };
}

/** Edits one after the other, in the order of their phases. */
export function applyEdits(context: WhatIfContext, edits: readonly Edit[]): LaunchGraph {
  let graph = context.built.graph;
  for (const edit of inOrder(edits)) graph = edit.apply(context, graph);
  return graph;
}

export function inOrder(edits: readonly Edit[]): Edit[] {
  return edits.toSorted((a, b) => a.phase - b.phase);
}
