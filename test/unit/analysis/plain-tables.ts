/**
 * What the KV and switch analyses are held against: plain loops over a trace's tables that share no code with
 * `src/analysis`. For traces of one device and one stream whose ranges nest.
 */
import { fileURLToPath } from 'node:url';
import { readRun } from '../../../src/trace/read-run.js';
import type { Trace } from '../../../src/trace/trace.js';

export const RECORDED = ['full-eager', 'small-eager', 'small-graphs', 'full-batch2'] as const;

export async function recorded(name: string): Promise<Trace> {
  const run = await readRun(fileURLToPath(new URL(`../../../traces/${name}.trace`, import.meta.url)));
  return run.traces[0]!;
}

/**
 * Every op: the ranges around it from the outside in, its length, the idle time before it, and what it adds to the
 * busy time: a replay may run two at once, and then a nanosecond is the earlier one's.
 */
export interface PlainOp {
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly gap: number;
  readonly busy: number;
  readonly name: string;
  readonly kind: number;
  readonly bytes: number;
  readonly copyKind: number;
  readonly inGraph: boolean;
  readonly launch: number;
}

export function plainOps(trace: Trace): PlainOp[] {
  const { ops, calls, ranges, strings, shapes } = trace;
  const namesOfCall = new Map<number, string[]>();
  const open: { name: string; end: number }[] = [];
  let r = 0;
  for (let c = 0; c < calls.length; c++) {
    const t = calls.startNs[c]!;
    for (; r < ranges.length && ranges.startNs[r]! <= t; r++) {
      while (open.length > 0 && open.at(-1)!.end <= ranges.startNs[r]!) open.pop();
      open.push({ name: strings[ranges.name[r]!]!, end: ranges.startNs[r]! + ranges.durationNs[r]! });
    }
    while (open.length > 0 && open.at(-1)!.end <= t) open.pop();
    const id = calls.correlation[c]!;
    if (!namesOfCall.has(id)) {
      namesOfCall.set(
        id,
        open.map(({ name }) => name),
      );
    }
  }
  const stackOf = captureStacks(trace);
  const out: PlainOp[] = [];
  let end = -1;
  for (let i = 0; i < ops.length; i++) {
    const s = shapes.id.indexOf(ops.shape[i]!);
    const start = ops.startNs[i]!;
    const captured = ops.graph[i] === 0 ? [] : stackOf(ops.graphNode[i]!);
    out.push({
      names: [...(namesOfCall.get(ops.correlation[i]!) ?? []), ...captured],
      start,
      end: start + ops.durationNs[i]!,
      gap: end < 0 ? start : Math.max(0, start - end),
      busy: Math.max(0, start + ops.durationNs[i]! - Math.max(start, end)),
      name: strings[ops.name[i]!]!,
      kind: ops.kind[i]!,
      bytes: shapes.bytes[s]!,
      copyKind: shapes.copyKind[s]!,
      inGraph: ops.graph[i] !== 0,
      launch: ops.correlation[i]!,
    });
    end = Math.max(end, start + ops.durationNs[i]!);
  }
  return out;
}

/** Node → names of the ranges at its capture: the clone's chain of originals, or the same place in its graph. */
function captureStacks({ graphNodes, graphExecs, rangeStacks, strings }: Trace): (node: number) => string[] {
  const originals = new Map<number, number>();
  const stacks = new Map<number, number>();
  for (let i = 0; i < graphNodes.length; i++) {
    const node = graphNodes.node[i]!;
    if (graphNodes.original[i] === 0) stacks.set(node, graphNodes.stack[i]!);
    else originals.set(node, graphNodes.original[i]!);
  }
  const sourceOf = new Map<number, number>();
  for (let i = 0; i < graphExecs.length; i++) sourceOf.set(graphExecs.exec[i]!, graphExecs.graph[i]!);
  const known = new Map<number, string[]>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    let at = node;
    while (originals.has(at)) at = originals.get(at)!;
    if (!stacks.has(at) || at === node) {
      const graph = Math.floor(node / 2 ** 32);
      at = (sourceOf.get(graph) ?? graph) * 2 ** 32 + (node % 2 ** 32);
    }
    const names: string[] = [];
    for (let id = stacks.get(at) ?? 0; id !== 0;) {
      const row = rangeStacks.id.indexOf(id);
      names.unshift(strings[rangeStacks.name[row]!]!);
      id = rangeStacks.parent[row]!;
    }
    known.set(node, names);
    return names;
  };
}

export interface RunJson {
  config: { framesPerBlock: number; window: number; layers: number };
  blocks: { name: string; role: string; durationMs: number }[];
  switches: { block: string; latencyMs: number }[];
  shapes: {
    bytesMoved: Record<'clone' | 'roll' | 'insert' | 'concat' | 'deferredDirect' | 'deferredRoll', number>;
  };
}
