import { EFFECT, NONE, type LaunchGraph } from './launch-graph.js';
import type { Schedule } from './schedule.js';

/** When everything happens, ns on the recording's clock. Removed calls and ops: NaN. */
export interface Times {
  readonly opStartNs: Float64Array;
  readonly opEndNs: Float64Array;
  readonly callStartNs: Float64Array;
  readonly callEndNs: Float64Array;
}

/**
 * Runs a launch graph: one pass over its calls, each of which starts when its thread gets to it, submits its ops once
 * the launch queue has room, and returns once what it waits for is done. An op starts at the latest of
 *
 * - its submission and the way to the device,
 * - the end of the op before it on its stream and its start cost,
 * - the end of what its stream, or its graph, was told to wait for, and its start cost.
 *
 * Linear in calls and ops.
 */
export function replay(graph: LaunchGraph, schedule: Schedule): Times {
  const { calls, ops, queue } = graph;
  const { firstOp, opOrder, gapNs, startCostNs } = schedule;
  const { thread, ownNs, nodeNs, hostScale, isGraph, effect, target, event, returnNs } = calls;
  const { stream, durationNs, latencyNs, dependsOn, branch } = ops;
  const opStartNs = new Float64Array(ops.length).fill(NaN);
  const opEndNs = new Float64Array(ops.length).fill(NaN);
  const callStartNs = new Float64Array(calls.length).fill(NaN);
  const callEndNs = new Float64Array(calls.length).fill(NaN);
  const threadNs = new Float64Array(graph.threads);
  /** Stream → when all that was put into it so far is done, and until when it was told to wait. */
  const doneNs = new Float64Array(graph.streams).fill(-Infinity);
  const heldNs = new Float64Array(graph.streams).fill(-Infinity);
  const eventNs = new Float64Array(graph.events).fill(-Infinity);
  const backlog = new Backlog(graph, schedule);

  for (let c = 0; c < calls.length; c++) {
    if (calls.removed[c] === 1) continue;
    const t = thread[c]!;
    const scale = hostScale[c]!;
    const start = threadNs[t]! + gapNs[c]!;
    let end = start + ownNs[c]! * scale;
    const perNode = nodeNs[c]! * scale;
    const asGraph = isGraph[c] === 1;
    const share = asGraph ? queue.node : queue.launch;
    for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) {
      const i = opOrder[k]!;
      const s = stream[i]!;
      if (asGraph) end += perNode;
      // The call stands still until an op at the head of the queue is done.
      const room = backlog.admit(s, share, opEndNs);
      if (asGraph) end = Math.max(end, room);
      else end = Math.max(end, room + ownNs[c]! * scale);
      const cost = startCostNs[i]!;
      let at = end + latencyNs[i]!;
      if (branch[i] === 0) at = Math.max(at, doneNs[s]! + cost);
      if (heldNs[s]! > -Infinity) at = Math.max(at, heldNs[s]! + cost);
      const other = dependsOn[i]!;
      if (other !== NONE && ops.removed[other] === 0) at = Math.max(at, opEndNs[other]! + cost);
      if (at === -Infinity) at = 0;
      opStartNs[i] = at;
      const done = at + durationNs[i]!;
      opEndNs[i] = done;
      if (done > doneNs[s]!) doneNs[s] = done;
    }
    switch (effect[c]) {
      case EFFECT.stream:
        end = Math.max(end, doneNs[target[c]!]! + returnNs[c]!);
        break;
      case EFFECT.device:
        for (let s = 0; s < graph.streams; s++) {
          if (graph.deviceOfStream[s] === target[c]) end = Math.max(end, doneNs[s]! + returnNs[c]!);
        }
        break;
      case EFFECT.event:
        end = Math.max(end, eventNs[event[c]!]! + returnNs[c]!);
        break;
      case EFFECT.copy:
        for (let k = firstOp[c]!; k < firstOp[c + 1]!; k++) {
          end = Math.max(end, opEndNs[opOrder[k]!]! + returnNs[c]!);
        }
        break;
      case EFFECT.record:
        eventNs[event[c]!] = doneNs[target[c]!]!;
        break;
      case EFFECT.streamWait:
        heldNs[target[c]!] = Math.max(heldNs[target[c]!]!, eventNs[event[c]!]!);
        break;
      default:
    }
    callStartNs[c] = start;
    callEndNs[c] = end;
    threadNs[t] = end;
  }
  return { opStartNs, opEndNs, callStartNs, callEndNs };
}

/** How full each stream's launch queue is: ops leave it in order, when they are done. */
class Backlog {
  readonly #opAt: Int32Array;
  readonly #first: Int32Array;
  readonly #share: Float64Array;
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  readonly #used: Float64Array;

  constructor(graph: LaunchGraph, { opOrder }: Schedule) {
    const { stream } = graph.ops;
    this.#first = new Int32Array(graph.streams + 1);
    for (const i of opOrder) this.#first[stream[i]! + 1]!++;
    for (let s = 0; s < graph.streams; s++) this.#first[s + 1]! += this.#first[s]!;
    this.#head = this.#first.slice(0, graph.streams);
    this.#tail = this.#first.slice(0, graph.streams);
    this.#opAt = new Int32Array(opOrder.length);
    this.#share = new Float64Array(opOrder.length);
    this.#used = new Float64Array(graph.streams);
    const next = this.#first.slice();
    for (const i of opOrder) this.#opAt[next[stream[i]!]!++] = i;
  }

  /** Takes `share` of the stream's queue for its next op; when that was possible, -Infinity if at once. */
  admit(stream: number, share: number, opEndNs: Float64Array): number {
    let head = this.#head[stream]!;
    const tail = this.#tail[stream]!;
    let used = this.#used[stream]! + share;
    let at = -Infinity;
    while (used > 1 && head < tail) {
      used -= this.#share[head]!;
      at = opEndNs[this.#opAt[head]!]!;
      head++;
    }
    this.#share[tail] = share;
    this.#head[stream] = head;
    this.#tail[stream] = tail + 1;
    this.#used[stream] = used;
    return at;
  }
}
