import type { Trace } from '../trace/trace.js';

/** Where a device's ops can be begun with, as if all before had been gone through. */
export interface OpCheckpoint {
  /** Index into `ops` of the first op that was not gone through. */
  readonly op: number;
  /** The latest end of those that were, and the op that had it (the first of equals); -Infinity and -1 without any. */
  readonly endNs: number;
  readonly last: number;
}

const NO_OPS: OpCheckpoint = { op: 0, endNs: -Infinity, last: -1 };
const STEP = 2048;

interface Checkpoints {
  /** Checkpoint k lies before op `k * STEP`. */
  readonly endNs: Float64Array;
  readonly last: Int32Array;
  /** The latest start or end of the ops before it, whatever their length. */
  readonly reachNs: Float64Array;
}

const known = new WeakMap<Trace['ops'], Map<number, Checkpoints>>();

/**
 * A checkpoint before which no op of the device begins at `fromNs` or later, or ends there or later: an analyzer that
 * looks at a late window need not go through everything before it. Ops are sorted by start, but not by end.
 */
export function checkpointBefore(ops: Trace['ops'], device: number, fromNs: number): OpCheckpoint {
  if (ops.length <= STEP || fromNs <= ops.startNs[0]!) return NO_OPS;
  const { endNs, last, reachNs } = checkpointsOf(ops, device);
  let low = 0;
  let high = reachNs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (reachNs[middle]! < fromNs) low = middle;
    else high = middle - 1;
  }
  return { op: low * STEP, endNs: endNs[low]!, last: last[low]! };
}

function checkpointsOf(ops: Trace['ops'], device: number): Checkpoints {
  let ofOps = known.get(ops);
  if (ofOps === undefined) known.set(ops, (ofOps = new Map<number, Checkpoints>()));
  let found = ofOps.get(device);
  if (found === undefined) ofOps.set(device, (found = makeCheckpoints(ops, device)));
  return found;
}

function makeCheckpoints(ops: Trace['ops'], device: number): Checkpoints {
  const { startNs, durationNs, device: devices, length } = ops;
  const count = Math.floor(length / STEP) + 1;
  const made = {
    endNs: new Float64Array(count),
    last: new Int32Array(count),
    reachNs: new Float64Array(count),
  };
  let end = -Infinity;
  let lastOp = -1;
  let reach = -Infinity;
  for (let i = 0; i < length; i++) {
    if (i % STEP === 0) {
      made.endNs[i / STEP] = end;
      made.last[i / STEP] = lastOp;
      made.reachNs[i / STEP] = reach;
    }
    if (devices[i] !== device) continue;
    const start = startNs[i]!;
    const opEnd = start + durationNs[i]!;
    if (durationNs[i]! > 0 && opEnd > end) {
      end = opEnd;
      lastOp = i;
    }
    if (start > reach) reach = start;
    if (opEnd > reach) reach = opEnd;
  }
  if (length % STEP === 0) {
    made.endNs[count - 1] = end;
    made.last[count - 1] = lastOp;
    made.reachNs[count - 1] = reach;
  }
  return made;
}
