import type { ColumnArray } from './column.js';
import type { Columns } from './order.js';
import { TIME_COLUMNS, type TableName } from './schema.js';

/** Tables whose rows are records of the program's run; `status` and `clock` belong to the library. */
const RECORDS: readonly TableName[] = [
  'ops',
  'calls',
  'ranges',
  'syncs',
  'overheads',
  'graphNodes',
  'graphExecs',
];

/** A time this far from the others was never a time; it must not become the start of the trace. */
const SANE_NS = 2 ** 53;

/** The earliest start of any record of tables that are sorted, relative to the time base they were read with. */
export function startOf(tables: ReadonlyMap<TableName, Columns>): number {
  let first = Infinity;
  for (const name of RECORDS) {
    const starts = tables.get(name)?.get('startNs') as Float64Array | undefined;
    if (starts === undefined) continue;
    for (let i = 0; i < starts.length && starts[i]! < first; i++) {
      if (starts[i]! > -SANE_NS) first = starts[i]!;
    }
  }
  return first === Infinity ? 0 : first;
}

/** The latest end of any record of tables that are sorted, ns since the trace's start. An open range ends where it starts. */
export function endOf(tables: ReadonlyMap<TableName, Columns>): number {
  let last = 0;
  for (const name of RECORDS) {
    const columns = tables.get(name);
    const starts = columns?.get('startNs') as Float64Array | undefined;
    const durations = columns?.get('durationNs') as Float64Array | undefined;
    if (starts === undefined) continue;
    const latest = starts.findLast((start) => start < SANE_NS) ?? 0;
    if (latest > last) last = latest;
    if (durations === undefined) continue;
    for (let i = 0; i < starts.length; i++) {
      const end = starts[i]! + durations[i]!;
      if (end > last && end < SANE_NS) last = end;
    }
  }
  return last;
}

/** Makes the columns that hold times relative to `firstNs`. */
export function shift(columns: ReadonlyMap<string, ColumnArray>, firstNs: number): void {
  if (firstNs === 0) return;
  for (const column of TIME_COLUMNS) {
    const times = columns.get(column) as Float64Array | undefined;
    if (times === undefined) continue;
    for (let i = 0; i < times.length; i++) times[i] = times[i]! - firstNs;
  }
}
