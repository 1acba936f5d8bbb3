import { sortByStart, type Columns } from './order.js';
import { closeOpenRanges } from './ranges.js';
import type { TableName } from './schema.js';
import { endOf, shift, startOf } from './span.js';

export interface Span {
  /** The earliest record, on the clock that the columns came with; 0 from now on. */
  readonly firstNs: number;
  /** The latest end of any record, ns since `firstNs`. */
  readonly endNs: number;
  /** Rows of `ranges` that were never closed; they end at `endNs` now. */
  readonly openRanges: readonly number[];
}

/** Makes times relative to the first record, sorts every table by start, and closes what was left open. */
export function putInOrder(tables: ReadonlyMap<TableName, Columns>): Span {
  for (const [name, columns] of tables) sortByStart(name, columns);
  const firstNs = startOf(tables);
  for (const columns of tables.values()) shift(columns, firstNs);
  const endNs = endOf(tables);
  const ranges = tables.get('ranges');
  const length = ranges?.get('startNs')?.length ?? 0;
  return { firstNs, endNs, openRanges: ranges === undefined ? [] : closeOpenRanges(ranges, length, endNs) };
}
