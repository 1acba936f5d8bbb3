import { allocate, type ColumnArray } from './column.js';
import { withUsedDevices } from './devices.js';
import { nestRanges, outermostFirst } from './nest-ranges.js';
import { sortByStart, type Columns } from './order.js';
import { putInOrder } from './put-in-order.js';
import { mergeRangeRows } from './ranges.js';
import { SCHEMA, type ColumnType, type Table, type TableName } from './schema.js';
import { shapeRows } from './shapes.js';
import { tablesOf, type TableParts } from './table-view.js';
import type { Device, Trace, TraceNotice } from './trace.js';

/** What an importer has of one process. */
export interface TraceParts {
  readonly name: string;
  readonly path: string;
  readonly pid: number;
  /** CLOCK_REALTIME ns of time 0 of the tables, or 0n when not known. */
  readonly originNs: bigint;
  readonly bytesOnDisk: number;
  /**
   * Columns by table, rows in any order; `startNs` in ns from the origin. A missing table is empty, a missing
   * column reads as 0. The columns are taken over, not copied: times in them change.
   *
   * `ranges`: duration −1 is a range that nothing closed. Without an `id` column, ids, depths and parents are
   * worked out from the times; with one, the last row of an id replaces the earlier.
   */
  readonly tables: { readonly [N in TableName]?: Partial<Table<N>> & { readonly length: number } };
  /** Id → text, complete; id 0 is the empty text. */
  readonly strings: readonly string[];
  readonly devices: readonly Device[];
  readonly status: ReadonlyMap<string, string>;
  readonly notices: readonly TraceNotice[];
  readonly run?: unknown;
}

/** A trace from columns in memory: rebased to its first record, sorted, ranges nested and closed. */
export function buildTrace(parts: TraceParts): Trace {
  if (parts.strings[0] !== '') throw new Error('string 0 of a trace is the empty text');
  const columns = new Map<TableName, Columns>();
  for (const name of Object.keys(SCHEMA) as TableName[]) {
    const table = parts.tables[name];
    if (table !== undefined && table.length > 0) columns.set(name, columnsOf(name, table));
  }
  const ranges = columns.get('ranges');
  const rangesNumbered = ranges?.has('id') === true;
  if (ranges !== undefined) {
    if (rangesNumbered) mergeRangeRows(ranges, ranges.get('startNs')!.length);
    else {
      sortByStart('ranges', ranges);
      outermostFirst(ranges);
    }
  }
  const { firstNs, endNs, openRanges } = putInOrder(columns);
  if (ranges !== undefined && !rangesNumbered) nestRanges(ranges, ranges.get('startNs')!.length);

  const held = new Map<TableName, TableParts>();
  for (const [name, own] of columns) {
    const { length } = [...own.values()][0]!;
    const missing = Object.keys(SCHEMA[name]).filter((column) => !own.has(column));
    held.set(name, { columns: own, length, missing });
  }
  const tables = tablesOf(held);
  return {
    name: parts.name,
    path: parts.path,
    pid: parts.pid,
    baseNs: parts.originNs === 0n ? 0n : parts.originNs + BigInt(Math.round(firstNs)),
    endNs,
    bytesOnDisk: parts.bytesOnDisk,
    ...tables,
    strings: parts.strings,
    shapeRow: shapeRows(held.get('shapes'), held.get('ops')),
    openRanges,
    devices: withUsedDevices(parts.devices, tables.ops.device),
    status: parts.status,
    notices: parts.notices,
    ...(parts.run === undefined ? {} : { run: parts.run }),
  };
}

/** The given columns of a table; one of another type or length than the schema says is the importer's bug. */
function columnsOf(name: TableName, table: { readonly length: number }): Columns {
  const columns: Columns = new Map();
  for (const [column, type] of Object.entries<ColumnType>(SCHEMA[name])) {
    const values = (table as unknown as Record<string, ColumnArray | undefined>)[column];
    if (values === undefined) continue;
    if (values.constructor !== allocate(type, 0).constructor || values.length !== table.length) {
      throw new Error(
        `${name}.${column} is ${values.constructor.name}(${values.length}), of ${table.length} rows of ${type}`,
      );
    }
    columns.set(column, values);
  }
  const times = ['startNs', 'durationNs'].filter((column) => column in SCHEMA[name] && !columns.has(column));
  for (const column of times) {
    if (name !== 'status') columns.set(column, new Float64Array(table.length));
  }
  return columns;
}
