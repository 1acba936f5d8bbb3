import { templateOf } from '../../analysis/template.js';
import { namePattern } from '../../analysis/window-spec.js';
import type { WhatIfContext } from '../context.js';
import { editable, EFFECT, NONE, type LaunchGraph } from '../replay/launch-graph.js';

/**
 * Op (row of the trace) → 1 if it lies in a range that one of `names` stands for: a template, a name, a pattern. With no
 * names, 1 for all ops of the target's template, whichever instance.
 */
export function opsInRanges(context: WhatIfContext, names: readonly string[]): Uint8Array {
  const { trace, target } = context;
  const selected = new Uint8Array(trace.ops.length);
  if (names.length === 0) {
    for (let i = 0; i < selected.length; i++) selected[i] = target.instanceOfOp[i]! >= 0 ? 1 : 0;
    return selected;
  }
  const { instances } = context;
  const tests = names.map((name) => ({ name, test: namePattern(name).test }));
  const verdicts = new Map<number, boolean>();
  const verdictOf = (id: number): boolean => {
    let verdict = verdicts.get(id);
    if (verdict === undefined) {
      const text = trace.strings[id] ?? '';
      verdict = tests.some(({ name, test }) => test(text) || templateOf(text) === name);
      verdicts.set(id, verdict);
    }
    return verdict;
  };
  const inside = new Uint8Array(instances.length);
  // Parents come before their children.
  for (let n = 0; n < inside.length; n++) {
    const around = instances.parent[n]!;
    inside[n] = verdictOf(instances.name[n]!) || (around >= 0 && inside[around] === 1) ? 1 : 0;
  }
  for (let i = 0; i < selected.length; i++) {
    const instance = instances.ofOp[i]!;
    selected[i] = instance >= 0 ? inside[instance]! : 0;
  }
  return selected;
}

/** Scales the durations of ops; `factorOf` is given the recorded op whose place an op has. 1: as it is. */
export function scaled(
  graph: LaunchGraph,
  factorOf: (source: number, opClass: number, durationNs: number) => number,
): LaunchGraph {
  const edited = editable(graph);
  const { ops } = edited;
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    ops.durationNs[i] = ops.durationNs[i]! * factorOf(ops.source[i]!, ops.opClass[i]!, ops.durationNs[i]!);
  }
  return edited;
}

/**
 * Work that is done only in a share of cases, as its expectation: ops, their start costs and the host time of calls that
 * launch nothing else are scaled. `shareOf` is given the recorded op whose place an op has. A share of 1 changes nothing.
 */
export function expected(graph: LaunchGraph, shareOf: (source: number) => number): LaunchGraph {
  const edited = editable(graph);
  const { ops, calls } = edited;
  const share = new Float64Array(calls.length).fill(-1);
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    const own = shareOf(ops.source[i]!);
    const c = ops.call[i]!;
    share[c] = Math.max(share[c]!, own);
    if (own === 1) continue;
    ops.durationNs[i] = ops.durationNs[i]! * own;
    ops.costScale[i] = ops.costScale[i]! * own;
  }
  // A wait stays a wait; what is between two launches that are scaled goes with the second.
  for (let c = 0; c < calls.length; c++) {
    const own = share[c]!;
    if (own < 0 || own === 1 || calls.row[c] === NONE || calls.effect[c] !== EFFECT.none) continue;
    calls.hostScale[c] = calls.hostScale[c]! * own;
  }
  return edited;
}

export function listOf(parameters: string | undefined): string[] {
  return (parameters ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
