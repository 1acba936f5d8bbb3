import type { TraceNotice } from '../../trace/trace.js';
import type { EventTables } from './event-tables.js';

/** Graph of ops that a graph launch started, where the file does not say which graph. */
const UNKNOWN_GRAPH = 0xffffffff;

/** Ops that a graph launch started belong to a graph, also where the file does not say to which. */
export function inferGraphs(
  { strings }: EventTables,
  ops: { graph: Uint32Array; correlation: Uint32Array },
  calls: { name: Uint32Array; correlation: Uint32Array },
): number {
  const isLaunch = new Map<number, boolean>();
  const launches = new Set<number>();
  for (let i = 0; i < calls.name.length; i++) {
    const name = calls.name[i]!;
    let known = isLaunch.get(name);
    if (known === undefined) isLaunch.set(name, (known = /GraphLaunch/.test(strings.text(name))));
    if (known && calls.correlation[i] !== 0) launches.add(calls.correlation[i]!);
  }
  let inferred = 0;
  if (launches.size === 0) return inferred;
  for (let i = 0; i < ops.graph.length; i++) {
    if (ops.graph[i] !== 0 || !launches.has(ops.correlation[i]!)) continue;
    ops.graph[i] = UNKNOWN_GRAPH;
    inferred++;
  }
  return inferred;
}

export function noticeGraphs(inferred: number, notices: TraceNotice[]): void {
  if (inferred === 0) return;
  notices.push({
    table: 'graphs',
    message: `the file does not say which graph ${inferred} ops of graph launches belong to; they count as one graph`,
    count: inferred,
  });
}
