import type { Trace } from '../trace/trace.js';

const LOW = 2 ** 32;
/** Local node ids from here on are always looked up in a map; below, once, and then in an array. */
const MOST_DENSE = 2 ** 20;
/** A chain of clones longer than this is a loop in damaged data. */
const MAX_CLONES = 64;

/**
 * Which range stack was open when the node of a graph op was made.
 *
 * CUPTI numbers a node `graph << 32 | local`. A replayed op carries the node of the executable graph, which
 * was cloned (perhaps several times) from the node that the program made: `original` leads back to it. Where
 * the clone was not recorded, the local number in the graph that the executable was instantiated from is the
 * same node, child graphs and conditional bodies excepted.
 */
export class GraphCaptures {
  readonly #trace: Trace;
  /** The same for this trace: ids far beyond the number of nodes are no counts but damage, and must cost no memory. */
  readonly #dense: number;
  readonly #rowOfNode = new Map<number, number>();
  readonly #graphOfExec = new Map<number, number>();
  /** Graph → local node → 2 + stack, 1 not found, 0 not looked up yet. */
  readonly #cache = new Map<number, Int32Array>();
  #lastGraph = -1;
  #lastCache: Int32Array = new Int32Array(0);

  constructor(trace: Trace) {
    this.#trace = trace;
    const { graphNodes, graphExecs } = trace;
    this.#dense = Math.min(MOST_DENSE, 4 * graphNodes.length + 1024);
    for (let i = 0; i < graphNodes.length; i++) {
      const node = graphNodes.node[i]!;
      const known = this.#rowOfNode.get(node);
      // A node made again under the same id (a node created while instantiating) must not hide the clone.
      if (known === undefined || (graphNodes.original[known] === 0 && graphNodes.original[i] !== 0)) {
        this.#rowOfNode.set(node, i);
      }
    }
    for (let i = 0; i < graphExecs.length; i++) {
      if (graphExecs.event[i] === 0) this.#graphOfExec.set(graphExecs.exec[i]!, graphExecs.graph[i]!);
    }
  }

  /** `rangeStacks` id at the making of a node, or -1 where it is not known. */
  stackOf(node: number): number {
    const graph = Math.floor(node / LOW);
    const local = node - graph * LOW;
    if (local >= this.#dense) return this.#resolve(graph, local);
    if (graph !== this.#lastGraph) {
      this.#lastGraph = graph;
      this.#lastCache = this.#cache.get(graph) ?? new Int32Array(256);
      this.#cache.set(graph, this.#lastCache);
    }
    if (local >= this.#lastCache.length) {
      const grown = new Int32Array(Math.max(local + 1, 2 * this.#lastCache.length));
      grown.set(this.#lastCache);
      this.#lastCache = grown;
      this.#cache.set(graph, grown);
    }
    const cached = this.#lastCache[local]!;
    if (cached !== 0) return cached - 2;
    const stack = this.#resolve(graph, local);
    this.#lastCache[local] = stack + 2;
    return stack;
  }

  #resolve(graph: number, local: number): number {
    const { node: nodes, original, stack } = this.#trace.graphNodes;
    let row = this.#rowOfNode.get(graph * LOW + local);
    if (row === undefined || original[row] === 0) {
      // Not recorded, or recorded as made while instantiating, where the stack is not the capture's.
      const source = this.#graphOfExec.get(graph);
      if (source !== undefined) row = this.#rowOfNode.get(source * LOW + local) ?? row;
    }
    for (let i = 0; row !== undefined && i < MAX_CLONES; i++) {
      const from: number = original[row]!;
      if (from === 0) return stack[row]!;
      if (from === nodes[row]) return -1;
      row = this.#rowOfNode.get(from);
    }
    return -1;
  }
}
