import type { IdLookup } from '../../analysis/id-lookup.js';
import { OP_KIND } from '../../trace/schema.js';
import type { Trace } from '../../trace/trace.js';
import { callEffects } from './call-effects.js';
import { orderCalls, type CallOrder } from './call-order.js';
import { hostCalls } from './host-calls.js';
import { NONE, OP_SORT, type LaunchCalls, type LaunchGraph, type LaunchOps } from './launch-graph.js';
import { setGraphLaunchCosts, setLatencies, setStartCosts } from './op-costs.js';
import { queueShares, queueStalls } from './queue-share.js';
import { orderOps } from './schedule.js';
import { StartCosts } from './start-costs.js';
import { StreamIds } from './stream-ids.js';
import { setWaitCosts } from './wait-costs.js';

/** CUPTI's kinds of copies. */
const FROM_HOST = 1;
const TO_HOST = 2;

/** What could not be put into the graph as it was. */
export interface BuildNotes {
  /** Ops whose launch is not in the trace: they keep their recorded distance to the op before. */
  readonly unlaunched: number;
  /** Waits for an event whose recording is not in the trace: taken to wait for nothing. */
  readonly unresolvedWaits: number;
  /** Waits that returned before what they should have waited for was done: taken to wait for nothing. */
  readonly contradictedWaits: number;
  /** Threads that launched work. */
  readonly launchingThreads: number;
  /** Calls that a full launch queue held up. */
  readonly queueStalls: number;
  /** Nodes of replays that ran beside others: their predecessors follow from when they ran. */
  readonly branches: number;
}

export interface BuiltGraph {
  readonly graph: LaunchGraph;
  readonly costs: StartCosts;
  readonly notes: BuildNotes;
  /** Row of `trace.calls` → index into the graph's calls: its own, or that of the call it is in. */
  readonly callOfRow: Int32Array;
}

/**
 * The launch graph of a trace.
 *
 * Kept as recorded: op durations, the own time of calls, host time between calls, how long a wait took to return after
 * what it waited for was done. Estimated, one value a class: the way from the end of a launch call to an idle device (by
 * call and sort of op), the start cost behind another op (by the pair of kernels), each from where it could be seen
 * alone. An op that started clearly sooner than its class allows keeps its own, shorter way: that much is proven.
 *
 * @param opClass op → index into `OP_CLASSES`
 */
export function buildLaunchGraph(
  trace: Trace,
  launch: Int32Array,
  lookup: IdLookup,
  opClass: Uint8Array,
): BuiltGraph {
  const host = hostCalls(trace);
  const streams = new StreamIds(trace);
  const effects = callEffects(trace, host, lookup, launch, streams);
  const { stalledNs } = queueStalls(trace, host);
  const order = orderCalls(trace, host, launch, streams);
  const ops = opColumns(trace, streams, order, opClass);

  const calls: LaunchCalls = emptyCalls(order.length, host.threads.ids.length);
  for (let c = 0; c < order.length; c++) {
    const n = order.outer[c]!;
    if (n < 0) continue;
    const row = host.rows[n]!;
    const start = trace.calls.startNs[row]!;
    calls.row[c] = row;
    calls.thread[c] = host.thread[n]!;
    calls.recordedNs[c] = start;
    calls.gapNs[c] = Math.max(0, start - host.previousEndNs[n]!);
    calls.ownNs[c] = Math.max(0, trace.calls.durationNs[row]! - stalledNs[n]!);
    calls.effect[c] = effects.effect[n]!;
    calls.target[c] = effects.target[n]!;
    calls.event[c] = effects.event[n]!;
  }
  const lastOp = new Int32Array(host.rows.length).fill(NONE);
  const isGraph = new Uint8Array(host.rows.length);
  const launching = new Set<number>();
  for (let i = 0; i < trace.ops.length; i++) {
    const n = order.outer[ops.call[i]!]!;
    if (n < 0) continue;
    lastOp[n] = i;
    launching.add(host.thread[n]!);
    if (trace.ops.graph[i] === 0 || trace.ops.kind[i] === OP_KIND.graph) continue;
    isGraph[n] = 1;
    calls.isGraph[ops.call[i]!] = 1;
  }

  const graph: LaunchGraph = {
    calls,
    ops,
    threads: host.threads.ids.length + 1,
    streams: streams.streams,
    deviceOfStream: streams.deviceOfStream,
    devices: streams.devices,
    events: effects.events,
    cuts: [],
    queue: queueShares(trace, host, stalledNs, isGraph, lastOp),
  };
  const opsByCall = orderOps(graph);
  const contradictedWaits = setWaitCosts(trace, graph, opsByCall);
  setGraphLaunchCosts(graph, opsByCall);
  setLatencies(trace, graph, opsByCall);
  const costs = new StartCosts();
  const branches = setStartCosts(trace, graph, opsByCall, costs);
  return {
    graph,
    costs,
    notes: {
      unlaunched: order.standIns,
      unresolvedWaits: effects.unresolved,
      contradictedWaits,
      launchingThreads: launching.size,
      queueStalls: stalledNs.reduce((sum, ns) => sum + (ns > 0 ? 1 : 0), 0),
      branches,
    },
    callOfRow: host.outerOf.map((n) => order.placeOfOuter[n]!),
  };
}

function emptyCalls(length: number, standInThread: number): LaunchCalls {
  return {
    length,
    row: new Int32Array(length).fill(NONE),
    thread: new Int32Array(length).fill(standInThread),
    recordedNs: new Float64Array(length),
    gapNs: new Float64Array(length),
    hostScale: new Float64Array(length).fill(1),
    ownNs: new Float64Array(length),
    nodeNs: new Float64Array(length),
    isGraph: new Uint8Array(length),
    effect: new Uint8Array(length),
    target: new Int32Array(length).fill(NONE),
    event: new Int32Array(length).fill(NONE),
    returnNs: new Float64Array(length),
    removed: new Uint8Array(length),
  };
}

function opColumns(trace: Trace, streams: StreamIds, order: CallOrder, opClass: Uint8Array): LaunchOps {
  const { ops, shapes, shapeRow, strings } = trace;
  const { length } = ops;
  const sort = new Uint8Array(length);
  const label = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const row = shapeRow[ops.shape[i]!] ?? -1;
    const copyKind = row < 0 ? 0 : shapes.copyKind[row]!;
    const own = sortOf(ops.kind[i]!, copyKind);
    sort[i] = own;
    label[i] = own === OP_SORT.kernel ? ops.name[i]! : strings.length + own;
  }
  return {
    length,
    recorded: length,
    call: order.placeOfOp,
    stream: streams.ofOp,
    durationNs: ops.durationNs.map((ns) => Math.max(0, ns)),
    latencyNs: new Float64Array(length),
    startCostNs: new Float64Array(length),
    costScale: new Float64Array(length).fill(1),
    costAfter: new Int32Array(length).fill(NONE),
    sort,
    label,
    dependsOn: new Int32Array(length).fill(NONE),
    branch: new Uint8Array(length),
    removed: new Uint8Array(length),
    opClass,
    source: Int32Array.from({ length }, (_, i) => i),
    before: Int32Array.from({ length }, (_, i) => i),
  };
}

function sortOf(kind: number, copyKind: number): number {
  if (kind === OP_KIND.kernel) return OP_SORT.kernel;
  if (kind === OP_KIND.memset) return OP_SORT.memset;
  if (kind === OP_KIND.graph) return OP_SORT.graph;
  if (copyKind === TO_HOST) return OP_SORT.toHost;
  return copyKind === FROM_HOST ? OP_SORT.fromHost : OP_SORT.copy;
}
