import { allocate } from './column.js';
import type { Columns } from './order.js';
import { SCHEMA, type ColumnType, type Table, type TableName } from './schema.js';

/** The tables that a `Trace` has; the others say what these mean, and become its strings, devices and status. */
const OF_TRACE = [
  'ops',
  'shapes',
  'calls',
  'ranges',
  'syncs',
  'events',
  'overheads',
  'graphNodes',
  'graphExecs',
  'rangeStacks',
  'threads',
  'clock',
] as const satisfies readonly TableName[];

export type TraceTables = { readonly [N in (typeof OF_TRACE)[number]]: Table<N> };

/** Columns in memory, and which of the schema's their source does not have. */
export interface TableParts {
  readonly columns: Columns;
  readonly length: number;
  /** Read as zeros; a column that is neither here nor in `columns` throws when it is read. */
  readonly missing: readonly string[];
}

/** Every table of a trace; one without parts is empty. */
export function tablesOf(parts: ReadonlyMap<TableName, TableParts>): TraceTables {
  const views = OF_TRACE.map((name) => [name, tableView(name, parts.get(name))] as const);
  return Object.fromEntries(views) as unknown as TraceTables;
}

/** The columns as one object. A column that was not asked for throws when it is read: that is a bug. */
function tableView(name: TableName, parts: TableParts | undefined): unknown {
  const length = parts?.length ?? 0;
  const view: Record<string, unknown> = { length };
  for (const [column, type] of Object.entries<ColumnType>(SCHEMA[name])) {
    const values = parts?.columns.get(column);
    if (values !== undefined) {
      view[column] = values;
    } else if (length === 0 || parts?.missing.includes(column) === true) {
      view[column] = type === 'utf8' ? new Array<string>(length).fill('') : allocate(type, length);
    } else {
      Object.defineProperty(view, column, {
        get: () => {
          throw new Error(`${name}.${column} was not read: name it in ReadOptions.columns`);
        },
      });
    }
  }
  return view;
}
