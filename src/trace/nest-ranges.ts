import { pickRows, type Columns } from './order.js';
import { RANGE_KIND } from './schema.js';

/**
 * Puts ranges that start together in the order in which they nest, the longest first; rows must be sorted by
 * start. For tools that do not say in which order ranges were opened.
 */
export function outermostFirst(columns: Columns): void {
  const starts = columns.get('startNs') as Float64Array | undefined;
  const durations = columns.get('durationNs') as Float64Array | undefined;
  if (starts === undefined || durations === undefined) return;
  const { length } = starts;
  // Duration −1 is a range that nothing closed: everything is inside it.
  const extent = (row: number): number => (durations[row]! < 0 ? Infinity : durations[row]!);
  let order: Uint32Array | undefined;
  for (let from = 0; from < length;) {
    let to = from + 1;
    let ordered = true;
    for (; to < length && starts[to] === starts[from]; to++) {
      if (extent(to) > extent(to - 1)) ordered = false;
    }
    if (!ordered) {
      order ??= Uint32Array.from({ length }, (_, row) => row);
      order.subarray(from, to).sort((a, b) => extent(b) - extent(a) || a - b);
    }
    from = to;
  }
  if (order !== undefined) pickRows('ranges', columns, order);
}

/** Writes `id`, `depth` and `parent` from the times: push/pop ranges nest on each thread. Rows sorted by start. */
export function nestRanges(columns: Columns, length: number): void {
  const starts = columns.get('startNs') as Float64Array;
  const durations = columns.get('durationNs') as Float64Array;
  const kinds = columns.get('kind') as Uint8Array | undefined;
  const threads = columns.get('thread') as Uint32Array | undefined;
  const ids = Uint32Array.from({ length }, (_, row) => row + 1);
  const depths = new Uint16Array(length);
  const parents = new Uint32Array(length);
  const stacks = new Map<number, number[]>();
  for (let row = 0; row < length; row++) {
    if ((kinds?.[row] ?? RANGE_KIND.pushPop) !== RANGE_KIND.pushPop) continue;
    const thread = threads?.[row] ?? 0;
    let stack = stacks.get(thread);
    if (stack === undefined) stacks.set(thread, (stack = []));
    while (stack.length > 0 && starts[stack.at(-1)!]! + durations[stack.at(-1)!]! <= starts[row]!) {
      stack.pop();
    }
    depths[row] = stack.length;
    parents[row] = stack.length === 0 ? 0 : ids[stack.at(-1)!]!;
    stack.push(row);
  }
  columns.set('id', ids).set('depth', depths).set('parent', parents);
}
