import { SCHEMA, type ColumnType, type Table, type TableName } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { ExportColumn, ExportTable, ExportType } from './export-table.js';

/** Tables that mean something by themselves; `strings`, `shapes` and `rangeStacks` are ids, resolved where they are used. */
export const EXPORTED_TABLES = [
  'ops',
  'calls',
  'ranges',
  'syncs',
  'events',
  'overheads',
  'graphNodes',
  'graphExecs',
  'threads',
  'clock',
] as const satisfies readonly TableName[];
export type ExportedTable = (typeof EXPORTED_TABLES)[number];

export function isExportedTable(name: string): name is ExportedTable {
  return EXPORTED_TABLES.some((one) => one === name);
}

/** Columns that hold ids of `strings`: written as the text. */
const TEXT_COLUMNS = new Set(['name', 'domain']);

/**
 * A table of a trace with the column names and units of its schema. Names are texts; an op carries its launch shape
 * and copy size. `startNs` counts from the trace's start, `Trace.baseNs`.
 */
export function traceTable(trace: Trace, name: ExportedTable): ExportTable {
  const table = trace[name];
  const columns = Object.entries<ColumnType>(SCHEMA[name])
    .filter(([column]) => !(name === 'ops' && column === 'shape'))
    .map(([column, type]) => columnOf(trace, table, column, type));
  if (name === 'ops') columns.push(...shapeColumns(trace));
  return { name, columns: [PID(trace), ...columns], length: table.length };
}

const PID = (trace: Trace): ExportColumn => ({ name: 'pid', type: 'int', at: () => trace.pid });

function columnOf(trace: Trace, table: object, column: string, type: ColumnType): ExportColumn {
  const values = (table as Record<string, ArrayLike<number | string>>)[column]!;
  if (TEXT_COLUMNS.has(column)) {
    return {
      name: column,
      type: 'text',
      at: (row) => trace.strings[values[row] as number] ?? `?${values[row]}`,
    };
  }
  return { name: column, type: exportType(type), at: (row) => values[row]! };
}

function exportType(type: ColumnType): ExportType {
  return type === 'utf8' ? 'text' : type === 'f64' ? 'double' : 'int';
}

function shapeColumns({ ops, shapes, shapeRow }: Trace): ExportColumn[] {
  const names = Object.keys(SCHEMA.shapes).filter((column) => column !== 'id') as Exclude<
    keyof Table<'shapes'>,
    'length' | 'id'
  >[];
  return names.map((name) => ({
    name,
    type: 'int',
    at: (row) => {
      const shape = shapeRow[ops.shape[row]!] ?? -1;
      return shape < 0 ? undefined : shapes[name][shape];
    },
  }));
}
