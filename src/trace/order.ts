import type { ColumnArray } from './column.js';
import { allocate } from './column.js';
import { SCHEMA, type ColumnType, type TableName } from './schema.js';
import { sortOrder } from './sort.js';

/** Columns of one table, in memory. */
export type Columns = Map<string, ColumnArray>;

/** Sorts all columns by `startNs`, stably; records reach the disk in the order in which they completed. */
export function sortByStart(name: TableName, columns: Columns): void {
  const starts = columns.get('startNs') as Float64Array | undefined;
  if (starts === undefined) return;
  const order = sortOrder(starts);
  if (order === undefined) return;
  const stretches = displacedStretches(order);
  if (stretches === undefined) return pickRows(name, columns, order);
  const scratch: (number | string)[] = [];
  for (const values of columns.values()) {
    for (let s = 0; s < stretches.length; s += 2) {
      reorder(values, order, stretches[s]!, stretches[s + 1]!, scratch);
    }
  }
}

/**
 * The stretches of a permutation within which rows change places, as begin and end by turns; all others stay. Records
 * are almost in order: the stretches are short, and the rest of a long column need not be copied. Undefined if so many
 * rows move that copying costs less.
 */
function displacedStretches(order: Uint32Array): number[] | undefined {
  const found: number[] = [];
  let moved = 0;
  for (let i = 0; i < order.length; i++) {
    if (order[i] === i) continue;
    const from = i;
    // What came from further on must give its place to a row before it: the stretch reaches at least there.
    for (let reach = order[i]!; i < reach; i++) reach = Math.max(reach, order[i + 1]!);
    found.push(from, i + 1);
    moved += i + 1 - from;
    if (moved > order.length / MOST_MOVED) return undefined;
  }
  return found;
}

/** One row in so many. */
const MOST_MOVED = 4;

function reorder(
  values: ColumnArray,
  order: Uint32Array,
  from: number,
  to: number,
  scratch: (number | string)[],
): void {
  for (let i = from; i < to; i++) scratch[i - from] = values[i]!;
  for (let i = from; i < to; i++) values[i] = scratch[order[i]! - from]!;
}

/** Replaces every column by its rows `order[0], order[1], …`. */
export function pickRows(name: TableName, columns: Columns, order: Uint32Array): void {
  const types = SCHEMA[name] as Record<string, ColumnType>;
  for (const [column, values] of columns) {
    if (Array.isArray(values)) {
      columns.set(
        column,
        Array.from(order, (row) => values[row] ?? ''),
      );
      continue;
    }
    const picked = allocate(types[column]!, order.length) as typeof values;
    for (let i = 0; i < order.length; i++) picked[i] = values[order[i]!]!;
    columns.set(column, picked);
  }
}
