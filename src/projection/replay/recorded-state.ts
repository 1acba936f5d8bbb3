import { EFFECT, NONE, type LaunchGraph } from './launch-graph.js';

/**
 * What was done on each stream, as recorded, while one goes through a launch graph call by call: the same bookkeeping
 * that `replay` does with its own times.
 */
export class RecordedState {
  /** Stream → end of all ops so far, and until when it was told to wait; -Infinity: nothing. */
  readonly doneNs: Float64Array;
  readonly heldNs: Float64Array;
  /** Stream → the op that came last, or -1. */
  readonly last: Int32Array;
  readonly #eventNs: Float64Array;
  readonly #graph: LaunchGraph;

  constructor(graph: LaunchGraph) {
    this.#graph = graph;
    this.doneNs = new Float64Array(graph.streams).fill(-Infinity);
    this.heldNs = new Float64Array(graph.streams).fill(-Infinity);
    this.last = new Int32Array(graph.streams).fill(NONE);
    this.#eventNs = new Float64Array(graph.events).fill(-Infinity);
  }

  add(op: number, endNs: number): void {
    const s = this.#graph.ops.stream[op]!;
    if (endNs > this.doneNs[s]!) this.doneNs[s] = endNs;
    this.last[s] = op;
  }

  /** When what call `c` waits for was done; undefined if it makes nobody on the host wait. */
  awaited(c: number): number | undefined {
    const { effect, target, event } = this.#graph.calls;
    switch (effect[c]) {
      case EFFECT.stream:
        return this.doneNs[target[c]!]!;
      case EFFECT.event:
        return this.#eventNs[event[c]!]!;
      case EFFECT.device: {
        let done = -Infinity;
        this.doneNs.forEach((ns, s) => {
          if (this.#graph.deviceOfStream[s] === target[c] && ns > done) done = ns;
        });
        return done;
      }
      default:
        return undefined;
    }
  }

  /** Takes note of a recorded event, or of a stream that was told to wait. */
  mark(c: number): void {
    const { effect, target, event } = this.#graph.calls;
    const s = target[c]!;
    if (effect[c] === EFFECT.record) this.#eventNs[event[c]!] = this.doneNs[s]!;
    else if (effect[c] === EFFECT.streamWait) {
      this.heldNs[s] = Math.max(this.heldNs[s]!, this.#eventNs[event[c]!]!);
    }
  }
}
