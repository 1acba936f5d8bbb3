/**
 * What a host call does besides taking its own time.
 *
 * - `stream`, `device`, `event`: returns once that work is done
 * - `copy`: returns once its own op is done
 * - `record`: marks a place in a stream; `streamWait`: the stream goes no further than a marked place
 */
export const EFFECT = {
  none: 0,
  stream: 1,
  device: 2,
  event: 3,
  copy: 4,
  record: 5,
  streamWait: 6,
} as const;

/** What start costs depend on: which engine, and which way. `graph` is a whole replay recorded as one op. */
export const OP_SORT = { kernel: 0, memset: 1, copy: 2, toHost: 3, fromHost: 4, graph: 5 } as const;
export const OP_SORTS = 6;

/** No op, call, event or range. */
export const NONE = -1;
/** In `costAfter`: the start cost is to be looked up, whatever op is before. */
export const LOOK_UP = -2;

/**
 * Host calls that are in no other call, in order of their recorded start, whatever thread they are of. The order is
 * a topological one: what a call waits for was launched by a call before it.
 */
export interface LaunchCalls {
  readonly length: number;
  /** Row of `trace.calls`; `NONE` for the stand-in of an op whose launch was not recorded. */
  readonly row: Int32Array;
  /** Dense thread number. */
  readonly thread: Int32Array;
  /** When it began in the recording, ns. Where its thread's time was cut is looked up by it. */
  readonly recordedNs: Float64Array;
  /** Host time before it, since the end of the call before on its thread (recorded). */
  readonly gapNs: Float64Array;
  /** Share of `gapNs`, `ownNs` and `nodeNs` that is left: 1 as recorded. */
  readonly hostScale: Float64Array;
  /** Its own time: waiting, and a full launch queue, apart. */
  readonly ownNs: Float64Array;
  /** A graph launch: the time to submit one more node. 0 for any other call. */
  readonly nodeNs: Float64Array;
  /** 1: launches a graph. */
  readonly isGraph: Uint8Array;
  readonly effect: Uint8Array;
  /** Dense stream of `stream`, `record`, `streamWait`; dense device of `device`. */
  readonly target: Int32Array;
  /** Dense event recording of `event`, `record`, `streamWait`. */
  readonly event: Int32Array;
  /** From the end of what it waited for to its return. */
  readonly returnNs: Float64Array;
  readonly removed: Uint8Array;
}

/** GPU ops. The first `recorded` are the rows of `trace.ops`; edits add ops behind them. */
export interface LaunchOps {
  readonly length: number;
  readonly recorded: number;
  /** Index into the calls. */
  readonly call: Int32Array;
  /** Dense (device, context, stream). */
  readonly stream: Int32Array;
  readonly durationNs: Float64Array;
  /** From submission to the earliest start. -Infinity where the launch is not known: it waits for its stream alone. */
  readonly latencyNs: Float64Array;
  /** From the end of the op before on its stream to the earliest start. */
  readonly startCostNs: Float64Array;
  /** Share of the start cost that is left: 1 as recorded. */
  readonly costScale: Float64Array;
  /** The op before it on its stream that `startCostNs` is of; another one means another cost. */
  readonly costAfter: Int32Array;
  /** `OP_SORT` */
  readonly sort: Uint8Array;
  /** Kernel name (string id), or a number of its own for each kind of copy. What start costs are learnt by. */
  readonly label: Int32Array;
  /** Another op that it waits for; `NONE`. */
  readonly dependsOn: Int32Array;
  /** 1: a branch of its graph, that waits for `dependsOn` and not for the op before it on its stream. */
  readonly branch: Uint8Array;
  readonly removed: Uint8Array;
  /** Index into `OP_CLASSES`. */
  readonly opClass: Uint8Array;
  /** The recorded op whose place in the program (ranges, layer, block) it has: itself, unless it was added. */
  readonly source: Int32Array;
  /** An added op goes right before this one; itself if recorded. */
  readonly before: Int32Array;
}

/** A stretch of a thread's recorded time that the program no longer spends. */
export interface HostCut {
  readonly thread: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** The launch queue: what the host may be ahead by, as shares of the whole queue. */
export interface QueueShares {
  readonly launch: number;
  readonly node: number;
}

/**
 * A recorded run as what causes what: calls follow each other on a thread, ops follow each other on a stream and their
 * launches, waits follow what they wait for. No time in it is absolute but the first of each thread.
 */
export interface LaunchGraph {
  readonly calls: LaunchCalls;
  readonly ops: LaunchOps;
  readonly threads: number;
  readonly streams: number;
  /** Dense stream → dense device. */
  readonly deviceOfStream: Int32Array;
  readonly devices: number;
  readonly events: number;
  readonly cuts: readonly HostCut[];
  readonly queue: QueueShares;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A graph whose columns may be written: nobody else has them. */
export interface EditableGraph extends Omit<LaunchGraph, 'ops'> {
  readonly ops: Mutable<LaunchOps>;
}

/** A copy to be edited: columns of its own, room for `extra` more ops (raise `ops.length` for those used). */
export function editable(graph: LaunchGraph, extra = 0): EditableGraph {
  const { calls, ops } = graph;
  const grow = <A extends Int32Array | Uint8Array | Float64Array>(column: A): A => {
    const Column = column.constructor as new (length: number) => A;
    const grown = new Column(ops.length + extra);
    grown.set(column);
    return grown;
  };
  return {
    ...graph,
    calls: {
      ...calls,
      gapNs: calls.gapNs.slice(),
      hostScale: calls.hostScale.slice(),
      ownNs: calls.ownNs.slice(),
      nodeNs: calls.nodeNs.slice(),
      isGraph: calls.isGraph.slice(),
      effect: calls.effect.slice(),
      returnNs: calls.returnNs.slice(),
      removed: calls.removed.slice(),
    },
    ops: {
      ...ops,
      call: grow(ops.call),
      stream: grow(ops.stream),
      durationNs: grow(ops.durationNs),
      latencyNs: grow(ops.latencyNs),
      startCostNs: grow(ops.startCostNs),
      costScale: grow(ops.costScale),
      costAfter: grow(ops.costAfter),
      sort: grow(ops.sort),
      label: grow(ops.label),
      dependsOn: grow(ops.dependsOn),
      branch: grow(ops.branch),
      removed: grow(ops.removed),
      opClass: grow(ops.opClass),
      source: grow(ops.source),
      before: grow(ops.before),
    },
  };
}
