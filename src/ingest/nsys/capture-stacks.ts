import { RANGE_KIND } from '../../trace/schema.js';
import { sortOrder } from '../../trace/sort.js';

interface Ranges {
  readonly startNs: Float64Array;
  readonly durationNs: Float64Array;
  readonly name: Uint32Array;
  readonly domain: Uint32Array;
  readonly thread: Uint32Array;
  readonly kind: Uint8Array;
}

interface Nodes {
  readonly startNs: Float64Array;
  readonly thread: Uint32Array;
}

/** A trie as the table `rangeStacks` has it; stack 0, the empty one, has no row. */
export interface CaptureStacks {
  readonly id: Uint32Array;
  readonly parent: Uint32Array;
  readonly name: Uint32Array;
  readonly domain: Uint32Array;
  /** Node → the stack that was open on its thread when it was made. */
  readonly ofNode: Uint32Array;
}

/**
 * The push/pop ranges that were open on a node's thread at the making of the node, `[start, end)`, outermost first.
 * Rows in any order; of ranges that start together the longer is outside; duration −1 was never closed.
 */
export function captureStacks(ranges: Ranges, nodes: Nodes): CaptureStacks {
  if (nodes.startNs.length === 0) return { ...new Trie().columns(), ofNode: new Uint32Array(0) };
  const endOf = (range: number): number =>
    ranges.durationNs[range]! < 0 ? Infinity : ranges.startNs[range]! + ranges.durationNs[range]!;
  const rangeOrder = inOrder(ranges.startNs);
  const nodeOrder = inOrder(nodes.startNs);
  const open = new Map<number, number[]>();
  const trie = new Trie();
  const ofNode = new Uint32Array(nodes.startNs.length);
  let next = 0;
  for (const node of nodeOrder) {
    const t = nodes.startNs[node]!;
    for (; next < rangeOrder.length && ranges.startNs[rangeOrder[next]!]! <= t; next++) {
      const range = rangeOrder[next]!;
      if (ranges.kind[range] === RANGE_KIND.pushPop) push(open, ranges.thread[range]!, range, endOf, ranges);
    }
    let stack = 0;
    for (const range of open.get(nodes.thread[node]!) ?? []) {
      if (endOf(range) > t) stack = trie.child(stack, ranges.name[range]!, ranges.domain[range]!);
    }
    ofNode[node] = stack;
  }
  return { ...trie.columns(), ofNode };
}

function push(
  open: Map<number, number[]>,
  thread: number,
  range: number,
  endOf: (range: number) => number,
  { startNs }: Ranges,
): void {
  const stack = open.get(thread) ?? [];
  open.set(thread, stack);
  while (stack.length > 0 && endOf(stack.at(-1)!) <= startNs[range]!) stack.pop();
  let at = stack.length;
  while (at > 0 && startNs[stack[at - 1]!] === startNs[range] && endOf(stack[at - 1]!) < endOf(range)) at--;
  stack.splice(at, 0, range);
}

function inOrder(startNs: Float64Array): Uint32Array {
  return sortOrder(startNs) ?? Uint32Array.from({ length: startNs.length }, (_, row) => row);
}

class Trie {
  readonly #parent: number[] = [];
  readonly #name: number[] = [];
  readonly #domain: number[] = [];
  readonly #ids = new Map<string, number>();

  child(parent: number, name: number, domain: number): number {
    const key = `${parent}:${name}:${domain}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      this.#parent.push(parent);
      this.#name.push(name);
      id = this.#domain.push(domain);
      this.#ids.set(key, id);
    }
    return id;
  }

  columns(): Omit<CaptureStacks, 'ofNode'> {
    return {
      id: Uint32Array.from(this.#parent, (_, row) => row + 1),
      parent: Uint32Array.from(this.#parent),
      name: Uint32Array.from(this.#name),
      domain: Uint32Array.from(this.#domain),
    };
  }
}
