import { CALL_CLASS, callClassOfName } from '../../analysis/call-class.js';
import { ownerOfCalls } from '../../analysis/call-owner.js';
import { templateOf } from '../../analysis/template.js';
import { namePattern } from '../../analysis/window-spec.js';
import type { Trace } from '../../trace/trace.js';
import type { WhatIfContext } from '../context.js';
import { EFFECT, editable, LOOK_UP, NONE, type HostCut, type LaunchGraph } from '../replay/launch-graph.js';
import { GRAPH_BASE_NS, GRAPH_NODE_NS } from '../replay/op-costs.js';
import { isWait } from '../replay/wait-costs.js';
import { PHASES, type Edit, type EditKind } from './edit.js';

const USAGE = 'cuda-graphs[=RANGE,…]';
/** Host time before a graph launch, after its range began: the median of `traces/small-graphs.trace` (H200), ns. */
const REPLAY_CALL_NS = 7_000;
/** A graph of one launch gains nothing. */
const LEAST_LAUNCHES = 2;

/** Runs of launches become one graph launch each. */
export const cudaGraphs: EditKind = {
  name: 'cuda-graphs',
  usage: USAGE,
  about: 'the launches inside a range become one; a graph ends where the host must wait for a value',
  parse(parameters): Edit {
    const names = (parameters ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    return {
      text: names.length === 0 ? 'cuda-graphs' : `cuda-graphs=${names.join(',')}`,
      effort: 'medium',
      output: 'same',
      phase: PHASES.cudaGraphs,
      applies(context) {
        const rows = rangesOf(context, names);
        if (names.length === 0 && context.target.instances < 2) {
          return `a graph is worth capturing only of what runs again, and '${context.target.template}' runs once: name ranges`;
        }
        if (names.length > 0 && rows.length === 0) return `no range is called '${names.join("' or '")}'`;
        return segmentsOf(context, context.built.graph, rows).length > 0
          ? undefined
          : 'nothing there is launched one by one: it runs in graphs already, or the host waits after every launch';
      },
      apply: (context, graph) =>
        mergeSegments(context, graph, segmentsOf(context, graph, rangesOf(context, names))),
      assumptions: (context) => assumptionsOf(context, names),
    };
  },
  suggest: () => ['cuda-graphs'],
};

/** Calls `[first, last]` of one thread that become one graph: those between, of other threads, do not. */
interface Segment {
  readonly thread: number;
  readonly calls: readonly number[];
  /** The range whose pass it is in; -1: the whole trace. */
  readonly range: number;
  readonly launches: number;
}

function rangesOf({ trace, target }: WhatIfContext, names: readonly string[]): number[] {
  if (names.length === 0) return [...target.rangeOf].filter((range) => range >= 0);
  const patterns = names.map((name) => ({ name, ...namePattern(name) }));
  const rows: number[] = [];
  for (let r = 0; r < trace.ranges.length; r++) {
    const text = trace.strings[trace.ranges.name[r]!] ?? '';
    if (patterns.some(({ name, test }) => test(text) || templateOf(text) === name)) rows.push(r);
  }
  return rows;
}

function segmentsOf(context: WhatIfContext, graph: LaunchGraph, rows: readonly number[]): Segment[] {
  const { trace, recacheOp } = context;
  const { calls, ops } = graph;
  const owner = rows.length === 0 ? undefined : ownerOfCalls(trace, rows);
  const launches = new Uint8Array(calls.length);
  const recache = new Uint8Array(calls.length);
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    launches[ops.call[i]!] = 1;
    if (recacheOp[ops.source[i]!] === 1) recache[ops.call[i]!] = 1;
  }
  const found: Segment[] = [];
  const open = new Map<number, { calls: number[]; range: number; launches: number; until: number }>();
  const close = (thread: number): void => {
    const segment = open.get(thread);
    open.delete(thread);
    if (segment === undefined || segment.launches < LEAST_LAUNCHES) return;
    found.push({ ...segment, thread, calls: segment.calls.slice(0, segment.until) });
  };
  for (let c = 0; c < calls.length; c++) {
    const row = calls.row[c]!;
    if (calls.removed[c] === 1 || row === NONE) continue;
    const t = calls.thread[c]!;
    const range = owner === undefined ? -1 : owner[row]! < 0 ? NONE : rows[owner[row]!]!;
    const outside = owner !== undefined && range === NONE;
    const current = open.get(t);
    // A graph cannot hold another graph's launch as it is, nor a recache: that runs once in many blocks.
    if (outside || isWait(calls.effect[c]!) || calls.isGraph[c] === 1 || recache[c] === 1) {
      close(t);
      continue;
    }
    if (current !== undefined && current.range !== range) close(t);
    let segment = open.get(t);
    if (segment === undefined) {
      if (launches[c] === 0) continue;
      open.set(t, (segment = { calls: [], range, launches: 0, until: 0 }));
    }
    segment.calls.push(c);
    if (launches[c] === 1) {
      segment.launches++;
      segment.until = segment.calls.length;
    }
  }
  for (const thread of [...open.keys()]) close(thread);
  return found;
}

function mergeSegments(
  context: WhatIfContext,
  graph: LaunchGraph,
  segments: readonly Segment[],
): LaunchGraph {
  const { trace } = context;
  const edited = editable(graph);
  const { calls, ops } = edited;
  const into = Int32Array.from({ length: calls.length }, (_, c) => c);
  const nodes = new Int32Array(calls.length);
  const merged = new Uint8Array(calls.length);
  const cuts: HostCut[] = [...graph.cuts];
  const begun = new Set<number>();
  const endOf = (c: number): number => calls.recordedNs[c]! + trace.calls.durationNs[calls.row[c]!]!;
  for (const { thread, calls: own, range } of segments) {
    const first = own[0]!;
    merged[first] = 1;
    for (const c of own) {
      into[c] = first;
      // A mark that something outside waits for stays, at no cost.
      if (calls.effect[c] === EFFECT.record) calls.ownNs[c] = 0;
      else if (c !== first) calls.removed[c] = 1;
    }
    cuts.push({ thread, fromNs: calls.recordedNs[first]!, toNs: endOf(own.at(-1)!) });
    if (range >= 0) cuts.push(...framing(trace, edited, range, thread, own, begun.has(range)));
    begun.add(range);
  }
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    const c = into[ops.call[i]!]!;
    if (merged[c] === 1) nodes[c]!++;
  }
  keepStreamWaits(edited, into, merged);
  for (let i = 0; i < ops.length; i++) ops.call[i] = into[ops.call[i]!]!;
  const nodeNs = nodeCost(graph);
  for (let c = 0; c < calls.length; c++) {
    if (merged[c] === 0) continue;
    calls.isGraph[c] = 1;
    calls.ownNs[c] = GRAPH_BASE_NS * nodes[c]!;
    calls.nodeNs[c] = nodeNs;
  }
  relink(edited, merged);
  return { ...edited, cuts };
}

/**
 * A replay of a whole range does not run the range's own code: what the host did in it before the first launch, but for
 * the call of the replay, and after the last, up to its end. Between two graphs of one pass (`isLater`) the host looks at
 * a value and decides: that stays.
 */
function framing(
  trace: Trace,
  { calls }: LaunchGraph,
  range: number,
  thread: number,
  own: readonly number[],
  isLater: boolean,
): HostCut[] {
  const first = own[0]!;
  const last = own.at(-1)!;
  const fromNs = Math.max(trace.ranges.startNs[range]!, calls.recordedNs[first]! - calls.gapNs[first]!);
  const cuts = isLater ? [] : [{ thread, fromNs, toNs: calls.recordedNs[first]! - REPLAY_CALL_NS }];
  const until = trace.ranges.startNs[range]! + trace.ranges.durationNs[range]!;
  const lastEnd = calls.recordedNs[last]! + trace.calls.durationNs[calls.row[last]!]!;
  let next = last + 1;
  while (next < calls.length && calls.thread[next] !== thread) next++;
  const inRange = next < calls.length && calls.recordedNs[next]! < until;
  if (!inRange) cuts.push({ thread, fromNs: lastEnd, toNs: until });
  return cuts;
}

/** Submitting a node: as this trace's graph launches do it, else as known. */
function nodeCost({ calls }: LaunchGraph): number {
  let sum = 0;
  let count = 0;
  for (let c = 0; c < calls.length; c++) {
    if (calls.isGraph[c] === 0 || calls.row[c] === NONE) continue;
    sum += calls.nodeNs[c]!;
    count++;
  }
  return count === 0 ? GRAPH_NODE_NS : sum / count;
}

/** Ops whose link to the op before changed get a start cost of their new kind. */
function relink({ ops, streams }: LaunchGraph, merged: Uint8Array): void {
  const last = new Int32Array(streams).fill(NONE);
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    const s = ops.stream[i]!;
    const before = last[s]!;
    if (merged[ops.call[i]!] === 1 || (before !== NONE && merged[ops.call[before]!] === 1)) {
      ops.costAfter[i] = LOOK_UP;
    }
    last[s] = i;
  }
}

/** Waits between streams inside a graph become dependencies of its nodes. */
function keepStreamWaits(
  { calls, ops, events, streams }: LaunchGraph,
  into: Int32Array,
  merged: Uint8Array,
): void {
  if (!calls.effect.includes(EFFECT.streamWait)) return;
  const opsOf = Array.from({ length: calls.length }, (): number[] => []);
  for (let i = 0; i < ops.length; i++) if (ops.removed[i] === 0) opsOf[ops.call[i]!]!.push(i);
  const last = new Int32Array(streams).fill(NONE);
  const marked = new Int32Array(events).fill(NONE);
  const hold = new Int32Array(streams).fill(NONE);
  for (let c = 0; c < calls.length; c++) {
    const inGraph = merged[into[c]!] === 1;
    for (const i of opsOf[c]!) {
      const s = ops.stream[i]!;
      if (inGraph && hold[s] !== NONE && ops.dependsOn[i] === NONE) ops.dependsOn[i] = hold[s]!;
      hold[s] = NONE;
      last[s] = i;
    }
    const s = calls.target[c]!;
    if (calls.effect[c] === EFFECT.record) marked[calls.event[c]!] = last[s]!;
    if (calls.effect[c] === EFFECT.streamWait && inGraph) hold[s] = marked[calls.event[c]!]!;
  }
}

function assumptionsOf(context: WhatIfContext, names: readonly string[]): string[] {
  const { trace, built } = context;
  const segments = segmentsOf(context, built.graph, rangesOf(context, names));
  const hashes = callHashes(trace, built.graph);
  const distinct = new Set(segments.map(({ calls }) => signatureOf(hashes, calls)));
  const allocates = trace.strings.some(
    (name) => /^cu/.test(name) && callClassOfName(name) === CALL_CLASS.alloc,
  );
  return [
    'each pass of the range does the same work whenever its graph is replayed, and its inputs are copied into place',
    `the launches come in ${distinct.size} different sequences: at least as many graphs to capture and to keep in memory, with ` +
      'what lives between their nodes',
    built.costs.sawGraphs
      ? 'nodes follow each other as in the replays of this trace'
      : 'nodes follow each other as on an H200 that nobody records (0.3 µs between kernels, 5.1 µs after a memset)',
    'host time inside a graph goes; a graph ends where the host waits for the device, and a recache stays as it is',
    ...(allocates ? ['calls that allocate vanish: a graph keeps its memory'] : []),
  ];
}

/** Call → what it launches, as a number. */
function callHashes(trace: Trace, { calls, ops }: LaunchGraph): Int32Array {
  const hashes = new Int32Array(calls.length);
  for (let i = 0; i < ops.length; i++) {
    const c = ops.call[i]!;
    const kind = ops.label[i]! * 4_096 + trace.ops.shape[ops.source[i]!]!;
    hashes[c] = (Math.imul(hashes[c]!, 31) + kind + 1) | 0;
  }
  return hashes;
}

/** Segments of one signature launch the same kernels in the same order. */
function signatureOf(hashes: Int32Array, calls: readonly number[]): string {
  let hash = 0;
  for (const c of calls) hash = (Math.imul(hash, 31) + hashes[c]!) | 0;
  return `${calls.length} ${hash}`;
}
