import { OP_KIND } from '../trace/schema.js';
import type { IndexIntoOps, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { visitOps } from './ops-in-windows.js';

const MAX_SHAPES = 2 ** 25;
const MAX_PATHS = 2 ** 22;

/** Kernels with one name and one launch shape. */
export interface Variant {
  /** String id. */
  readonly name: number;
  /** Row of `shapes`, or -1. */
  readonly shapeRow: number;
  totalNs: number;
}

/** A variant's time in one range path. */
export interface Cell {
  readonly variant: number;
  readonly path: number;
  readonly firstOp: IndexIntoOps;
  totalNs: number;
}

/** The kernels of a device's windows, sorted into variants and cells by number, never by text. */
export interface KernelGroups {
  readonly variants: readonly Variant[];
  readonly cells: readonly Cell[];
  /** Kernels that began within a window, in order of start, and beside them their variants. */
  readonly began: Int32Array;
  readonly variantOf: Int32Array;
  readonly totalNs: number;
}

export function groupKernels(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  pathId: Int32Array,
): KernelGroups {
  const { kind, name, shape } = trace.ops;
  const { shapeRow } = trace;
  const variants: Variant[] = [];
  const cells: Cell[] = [];
  const variantOfKey = new Map<number, number>();
  const cellOfKey = new Map<number, number>();
  const began = new Int32Array(trace.ops.length);
  const variantOf = new Int32Array(trace.ops.length);
  let length = 0;
  let totalNs = 0;
  visitOps(trace, device, windows, (op, insideNs, isBegun) => {
    if (kind[op] !== OP_KIND.kernel) return;
    const variantKey = name[op]! * MAX_SHAPES + shape[op]!;
    let v = variantOfKey.get(variantKey);
    if (v === undefined) {
      v = variants.push({ name: name[op]!, shapeRow: shapeRow[shape[op]!] ?? -1, totalNs: 0 }) - 1;
      variantOfKey.set(variantKey, v);
    }
    const path = pathId[op]!;
    const cellKey = v * MAX_PATHS + path;
    let c = cellOfKey.get(cellKey);
    if (c === undefined) {
      c = cells.push({ variant: v, path, firstOp: op, totalNs: 0 }) - 1;
      cellOfKey.set(cellKey, c);
    }
    variants[v]!.totalNs += insideNs;
    cells[c]!.totalNs += insideNs;
    totalNs += insideNs;
    if (!isBegun) return;
    began[length] = op;
    variantOf[length++] = v;
  });
  return {
    variants,
    cells,
    began: began.subarray(0, length),
    variantOf: variantOf.subarray(0, length),
    totalNs,
  };
}
