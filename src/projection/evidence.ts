import type { WhatIfContext } from './context.js';
import { NONE, type LaunchGraph } from './replay/launch-graph.js';

/** What an edit changes, a target instance on average, and where to look. */
export interface Evidence {
  /** Template path where most of the changed time lies. */
  readonly path: string;
  readonly opsRemoved: number;
  /** Ops that take another time. */
  readonly opsChanged: number;
  readonly opsAdded: number;
  /** Host calls that go: launches and waits. */
  readonly callsRemoved: number;
  /** Sum of op durations after, less before. */
  readonly opNs: number;
  /** The longest op that changes (or whose launch does), in the first instance: where it is in the recording. */
  readonly example?: { readonly startNs: number; readonly durationNs: number };
}

/** Compares an edited graph with the recorded one over the target's chosen instances. */
export function evidenceOf(context: WhatIfContext, edited: LaunchGraph): Evidence {
  const { target, built, trace, paths } = context;
  const before = built.graph;
  const chosen = new Uint8Array(target.instances);
  for (const n of target.chosen) chosen[n] = 1;
  const inTarget = (op: number): boolean => {
    const n = target.instanceOfOp[op]!;
    return n >= 0 && chosen[n] === 1;
  };
  const weight = new Map<number, number>();
  const counts = { opsRemoved: 0, opsChanged: 0, opsAdded: 0, opNs: 0 };
  let example = NONE;
  const first = target.chosen[0] ?? NONE;
  const callInTarget = new Uint8Array(before.calls.length);
  for (let i = 0; i < before.ops.length; i++) {
    if (!inTarget(i)) continue;
    const c = before.ops.call[i]!;
    callInTarget[c] = 1;
    const own = before.ops.durationNs[i]!;
    const isRemoved = edited.ops.removed[i] === 1;
    const change = isRemoved ? -own : edited.ops.durationNs[i]! - own;
    const isMoved = !isRemoved && edited.ops.call[i] !== c;
    counts.opNs += change;
    if (isRemoved) counts.opsRemoved++;
    else if (change !== 0) counts.opsChanged++;
    else if (!isMoved && edited.calls.removed[c] === 0) continue;
    const host = edited.calls.removed[c] === 1 ? before.calls.ownNs[c]! + before.calls.gapNs[c]! : 0;
    const path = paths.pathId[i]!;
    weight.set(path, (weight.get(path) ?? 0) + Math.abs(change) + host);
    if (target.instanceOfOp[i] !== first) continue;
    if (example === NONE || own > before.ops.durationNs[example]!) example = i;
  }
  for (let i = before.ops.length; i < edited.ops.length; i++) {
    if (edited.ops.removed[i] === 1 || !inTarget(edited.ops.source[i]!)) continue;
    counts.opsAdded++;
    counts.opNs += edited.ops.durationNs[i]!;
  }
  const instances = Math.max(1, target.chosen.length);
  const each = (count: number): number => Math.round(count / instances);
  const largest = [...weight].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, -1]);
  return {
    path: weight.size === 0 ? target.template : paths.text(largest[0]),
    opsRemoved: each(counts.opsRemoved),
    opsChanged: each(counts.opsChanged),
    opsAdded: each(counts.opsAdded),
    callsRemoved: each(removedCalls(context, edited, callInTarget)),
    opNs: each(counts.opNs),
    ...(example === NONE
      ? {}
      : {
          example: { startNs: trace.ops.startNs[example]!, durationNs: trace.ops.durationNs[example]! },
        }),
  };
}

/** Launches of the target's ops that go, and the waits that follow one of them on its thread. */
function removedCalls({ built }: WhatIfContext, { calls }: LaunchGraph, launchesTarget: Uint8Array): number {
  const launches = new Uint8Array(calls.length);
  const { ops } = built.graph;
  for (let i = 0; i < ops.length; i++) launches[ops.call[i]!] = 1;
  const inTarget = new Uint8Array(built.graph.threads);
  let count = 0;
  for (let c = 0; c < calls.length; c++) {
    const t = calls.thread[c]!;
    if (launches[c] === 1) inTarget[t] = launchesTarget[c]!;
    if (inTarget[t] === 1 && calls.removed[c] === 1) count++;
  }
  return count;
}
