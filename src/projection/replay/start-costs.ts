import { OP_SORT, OP_SORTS } from './launch-graph.js';

/** How an op and the one before it on its stream were launched. */
export const LINK = {
  /** Each by a launch of its own. */
  launched: 0,
  /** Both nodes of one replay. */
  inGraph: 1,
  /** The first node of a replay. */
  graphHead: 2,
  /** What follows a replay's last node. */
  afterGraph: 3,
} as const;
const LINKS = 4;

/** So few samples of one pair of kernels say less than those of all pairs of their sorts. */
const ENOUGH = 8;

/**
 * What recording a replay node by node adds to each node, ns: a graph of 1,000 tiny kernels takes 0.999 µs a node
 * unrecorded (bench/whatif/measured/rates.json, `launches`) and 1.056 + 0.095 µs recorded (dispatch.json, `graph`).
 */
const NODE_RECORDING_NS = 152;

/**
 * Start costs on one NVIDIA H200 (driver 580.159, CUDA 13.0), ns, for what a trace holds no example of: means by sort
 * of the op before and of the op, from `traces/full-eager.trace` (launched) and `traces/small-graphs.trace` (graphs). The
 * latter was recorded node by node, which takes time that the program alone does not take: less that.
 */
const KNOWN: readonly (readonly [link: number, before: number, own: number, ns: number])[] = [
  [LINK.launched, OP_SORT.kernel, OP_SORT.kernel, 1_319],
  [LINK.launched, OP_SORT.kernel, OP_SORT.copy, 1_418],
  [LINK.launched, OP_SORT.copy, OP_SORT.copy, 1_272],
  [LINK.launched, OP_SORT.copy, OP_SORT.kernel, 1_227],
  [LINK.launched, OP_SORT.kernel, OP_SORT.memset, 1_294],
  [LINK.launched, OP_SORT.memset, OP_SORT.kernel, 1_651],
  [LINK.launched, OP_SORT.kernel, OP_SORT.toHost, 4_992],
  [LINK.launched, OP_SORT.copy, OP_SORT.toHost, 4_992],
  [LINK.inGraph, OP_SORT.kernel, OP_SORT.kernel, 446 - NODE_RECORDING_NS],
  [LINK.inGraph, OP_SORT.kernel, OP_SORT.copy, 427 - NODE_RECORDING_NS],
  [LINK.inGraph, OP_SORT.copy, OP_SORT.copy, 416 - NODE_RECORDING_NS],
  [LINK.inGraph, OP_SORT.copy, OP_SORT.kernel, 428 - NODE_RECORDING_NS],
  [LINK.inGraph, OP_SORT.kernel, OP_SORT.memset, 1_382 - NODE_RECORDING_NS],
  [LINK.inGraph, OP_SORT.copy, OP_SORT.memset, 1_349 - NODE_RECORDING_NS],
  [LINK.inGraph, OP_SORT.memset, OP_SORT.kernel, 5_249 - NODE_RECORDING_NS],
  [LINK.afterGraph, OP_SORT.kernel, OP_SORT.kernel, 2_575],
  [LINK.afterGraph, OP_SORT.kernel, OP_SORT.copy, 3_684],
];
/** Pairs of sorts that were not seen: the commonest of their link. */
const OTHERWISE: readonly number[] = [1_319, 446 - NODE_RECORDING_NS, 5_328, 2_575];

/** Mean start costs: by the pair of labels where it was seen often enough, else by sorts, else the known ones. */
export class StartCosts {
  readonly #pairs = new Map<number, { sum: number; count: number }>();
  readonly #sums = new Float64Array(LINKS * OP_SORTS * OP_SORTS);
  readonly #counts = new Int32Array(LINKS * OP_SORTS * OP_SORTS);
  readonly #known = new Float64Array(LINKS * OP_SORTS * OP_SORTS);

  constructor() {
    for (let link = 0; link < LINKS; link++) {
      this.#known.fill(OTHERWISE[link]!, link * OP_SORTS * OP_SORTS, (link + 1) * OP_SORTS * OP_SORTS);
    }
    for (const [link, before, own, ns] of KNOWN) this.#known[sortKey(link, before, own)] = ns;
  }

  learn(
    link: number,
    labelBefore: number,
    label: number,
    sortBefore: number,
    sort: number,
    ns: number,
  ): void {
    const at = sortKey(link, sortBefore, sort);
    this.#sums[at]! += ns;
    this.#counts[at]!++;
    const key = pairKey(link, labelBefore, label);
    const pair = this.#pairs.get(key);
    if (pair === undefined) this.#pairs.set(key, { sum: ns, count: 1 });
    else {
      pair.sum += ns;
      pair.count++;
    }
  }

  /** Nanoseconds from the end of the op before to the start of the op, where nothing else holds it. */
  of(link: number, labelBefore: number, label: number, sortBefore: number, sort: number): number {
    const pair = this.#pairs.get(pairKey(link, labelBefore, label));
    if (pair !== undefined && pair.count >= ENOUGH) return pair.sum / pair.count;
    const at = sortKey(link, sortBefore, sort);
    return this.#counts[at]! >= ENOUGH ? this.#sums[at]! / this.#counts[at]! : this.#known[at]!;
  }

  /** Whether the trace itself shows how long nodes of a replay take to follow each other. */
  get sawGraphs(): boolean {
    return this.#counts[sortKey(LINK.inGraph, OP_SORT.kernel, OP_SORT.kernel)]! >= ENOUGH;
  }
}

function sortKey(link: number, before: number, own: number): number {
  return (link * OP_SORTS + before) * OP_SORTS + own;
}

function pairKey(link: number, before: number, own: number): number {
  return (before * LINKS + link) * 2 ** 24 + own;
}
