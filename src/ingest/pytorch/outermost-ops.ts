import { RANGE_KIND } from '../../trace/schema.js';
import { sortOrder } from '../../trace/sort.js';
import { CATEGORY } from './categories.js';

interface RangeColumns {
  readonly startNs: Float64Array;
  readonly durationNs: Float64Array;
  readonly thread: Uint32Array;
  readonly kind: Uint8Array;
  readonly category: Uint8Array;
}

/**
 * Which ranges to keep: all but the CPU ops directly inside another CPU op. `aten::linear` is what the program
 * called; `aten::matmul` and `aten::mm` in it are how PyTorch dispatched that call, launch the same kernels, and
 * would make every path three steps longer. An op inside an annotation or a module inside an op is kept.
 */
export function keptRanges({ startNs, durationNs, thread, kind, category }: RangeColumns): Uint8Array {
  const keep = new Uint8Array(startNs.length).fill(1);
  if (!category.includes(CATEGORY.cpuOp)) return keep;
  const order = sortOrder(startNs) ?? Uint32Array.from(startNs, (_, row) => row);
  const stacks = new Map<number, number[]>();
  const visit = (row: number): void => {
    if (kind[row] !== RANGE_KIND.pushPop) return;
    let stack = stacks.get(thread[row]!);
    if (stack === undefined) stacks.set(thread[row]!, (stack = []));
    const start = startNs[row]!;
    while (stack.length > 0 && endOf(stack.at(-1)!) <= start) stack.pop();
    const around = stack.at(-1);
    const isOp = category[row] === CATEGORY.cpuOp;
    if (isOp && around !== undefined && category[around] === CATEGORY.cpuOp) keep[row] = 0;
    stack.push(row);
  };
  const endOf = (row: number): number => (durationNs[row]! < 0 ? Infinity : startNs[row]! + durationNs[row]!);
  // Of ranges that start together the longest is the outermost; the file has them in any order.
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && startNs[order[to]!] === startNs[order[from]!]) to++;
    if (to === from + 1) visit(order[from]!);
    else [...order.subarray(from, to)].sort((a, b) => endOf(b) - endOf(a) || a - b).forEach(visit);
    from = to;
  }
  return keep;
}
