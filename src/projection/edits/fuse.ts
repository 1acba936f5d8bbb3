import { OP_CLASSES, type OpClass } from '../../analysis/op-class.js';
import type { WhatIfContext } from '../context.js';
import { editable, EFFECT, OP_SORT, type LaunchGraph } from '../replay/launch-graph.js';
import { orderOps } from '../replay/schedule.js';
import { PHASES, type Edit, type EditKind } from './edit.js';
import { listOf, opsInRanges } from './op-selection.js';
import { withoutOps } from './removal.js';

const USAGE = 'fuse[=RANGE,…]';
/** Ops that do little with each element that they read and write. */
const POINTWISE: ReadonlySet<OpClass> = new Set(['elementwise', 'norm', 'rope', 'memcpy', 'other']);

/** Runs of pointwise ops become one kernel each, as a compiler makes them. */
export const fuse: EditKind = {
  name: 'fuse',
  usage: USAGE,
  about: 'runs of elementwise, norm, RoPE and copy ops become one op each (torch.compile, a Triton kernel)',
  parse(parameters): Edit {
    const names = listOf(parameters);
    return {
      text: names.length === 0 ? 'fuse' : `fuse=${names.join(',')}`,
      effort: names.length === 0 ? 'low' : 'medium',
      output: 'same',
      phase: PHASES.fuse,
      applies(context) {
        return fused(context, context.built.graph, names).includes(0)
          ? undefined
          : 'no two elementwise or copy ops follow each other there';
      },
      apply(context, graph): LaunchGraph {
        const lastsNs = fused(context, graph, names);
        const edited = editable(graph);
        for (let i = 0; i < edited.ops.length; i++) {
          if (lastsNs[i]! > 0) edited.ops.durationNs[i] = lastsNs[i]!;
        }
        return withoutOps(context, edited, (i) => lastsNs[i] === 0);
      },
      assumptions: () => [
        'a run becomes one pass over memory that takes as long as its longest op did, at the bandwidth that op reached; ' +
          'equal ops of a run (K and V, q and k) count together, because one pass has to do the work of all',
        'a run ends at a matmul, attention, a host wait, the end of its layer; at a cache operation too, unless a range is named',
        'a run is launched like one of its ops: calling a function that torch.compile made costs the host more than that',
        'results are the same up to rounding',
      ],
    };
  },
  suggest: () => ['fuse'],
};

/** A run of ops on one stream that become one. */
interface FusedRun {
  readonly scope: number;
  readonly members: number[];
  /** Kernel and launch shape → time of all its ops in the run. */
  readonly byKind: Map<string, number>;
}

/** Op → NaN if it stays as it is, 0 if it is fused into another one, else the time that what it now does takes. */
function fused(context: WhatIfContext, graph: LaunchGraph, names: readonly string[]): Float64Array {
  const { ops, calls } = graph;
  const lastsNs = new Float64Array(ops.length).fill(NaN);
  const inside = opsInRanges(context, names);
  const scope = scopesOf(context);
  const withCache = names.length > 0;
  const open = new Map<number, FusedRun>();
  const close = (stream: number): void => {
    const run = open.get(stream);
    open.delete(stream);
    if (run === undefined || run.members.length < 2) return;
    const [first, ...rest] = run.members;
    let longest = first!;
    for (const i of rest) if (ops.durationNs[i]! > ops.durationNs[longest]!) longest = i;
    for (const i of run.members) lastsNs[i] = 0;
    lastsNs[longest] = Math.max(1, ...run.byKind.values());
  };
  const { opOrder, firstOp } = orderOps(graph);
  for (let c = 0; c < calls.length; c++) {
    if (calls.removed[c] === 1) continue;
    // The host, or another stream, sees what was computed so far.
    if (calls.effect[c] !== EFFECT.none) for (const stream of [...open.keys()]) close(stream);
    for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) {
      const i = opOrder[k]!;
      const s = ops.stream[i]!;
      const source = ops.source[i]!;
      if (!canFuse(context, graph, i, withCache) || inside[source] === 0) {
        close(s);
        continue;
      }
      if (open.get(s)?.scope !== scope[source]) close(s);
      let run = open.get(s);
      if (run === undefined) open.set(s, (run = { scope: scope[source]!, members: [], byKind: new Map() }));
      run.members.push(i);
      const kind = `${ops.label[i]!} ${context.trace.ops.shape[source]!}`;
      run.byKind.set(kind, (run.byKind.get(kind) ?? 0) + ops.durationNs[i]!);
    }
  }
  for (const stream of [...open.keys()]) close(stream);
  return lastsNs;
}

function canFuse(
  { kvOperationOfOp }: WhatIfContext,
  { ops }: LaunchGraph,
  i: number,
  withCache: boolean,
): boolean {
  const sort = ops.sort[i]!;
  const onDevice = sort === OP_SORT.kernel || sort === OP_SORT.copy || sort === OP_SORT.memset;
  const isCache = kvOperationOfOp[ops.source[i]!]! >= 0;
  return onDevice && (isCache ? withCache : POINTWISE.has(OP_CLASSES[ops.opClass[i]!]!));
}

/** Op → what it may be fused within: one pass through a layer, else one instance of the range around it. */
function scopesOf({ instances, unitOfOp, trace }: WhatIfContext): Int32Array {
  const units = new Map<number, number>();
  return Int32Array.from({ length: trace.ops.length }, (_, i) => {
    if (unitOfOp[i]! < 0) return instances.ofOp[i]!;
    let id = units.get(unitOfOp[i]!);
    if (id === undefined) units.set(unitOfOp[i]!, (id = -2 - units.size));
    return id;
  });
}
