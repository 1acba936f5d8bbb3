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
  if (order !== undefined) pickRows(name, columns, order);
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
