import { basename } from 'node:path';
import { allocate } from './column.js';
import { devicesOf } from './devices.js';
import type { TraceFiles } from './files.js';
import { sortByStart, type Columns } from './order.js';
import { closeOpenRanges, mergeRangeRows } from './ranges.js';
import type { RawTable } from './read-table.js';
import { SCHEMA, type ColumnType, type Table, type TableName } from './schema.js';
import { readStrings } from './strings.js';
import { shapeRows } from './shapes.js';
import { endOf, shift, startOf } from './span.js';
import type { Trace, TraceNotice } from './trace.js';

/** Puts the tables of one process together: one time base, sorted rows, names, and what was lost. */
export function assembleTrace(
  files: TraceFiles,
  raw: ReadonlyMap<TableName, RawTable>,
  asked: readonly TableName[],
  timeBase: bigint,
  notices: TraceNotice[],
  run: unknown,
): Trace {
  const { texts, notices: nameNotices } = readStrings(raw.get('strings'), raw);
  notices.push(...nameNotices);
  const columns = new Map<TableName, Columns>();
  const lengths = new Map<TableName, number>();
  for (const [name, table] of raw) {
    columns.set(name, new Map(table.columns));
    lengths.set(name, table.length);
  }
  const ranges = columns.get('ranges');
  if (ranges !== undefined) lengths.set('ranges', mergeRangeRows(ranges, lengths.get('ranges')!));
  const firstNs = startOf(columns);
  for (const [name, table] of columns) {
    shift(table, firstNs);
    sortByStart(name, table);
  }
  const endNs = endOf(columns);
  const openRanges = ranges === undefined ? [] : closeOpenRanges(ranges, lengths.get('ranges')!, endNs);

  const table = <N extends TableName>(name: N): Table<N> =>
    tableView(name, columns.get(name), lengths.get(name) ?? 0, raw.get(name)?.missing ?? []);
  const ops = table('ops');
  const shapes = table('shapes');
  const status = statusOf(raw.get('status'));
  const metadata = [...raw.values()].map((one) => one.metadata);
  noticeEnd(raw, asked, files, status, endNs, notices);
  return {
    name: basename(files.path).replace(/\.trace$/, ''),
    path: files.path,
    pid: Number(metadata.find((entry) => entry.has('gapscope.pid'))?.get('gapscope.pid') ?? 0),
    baseNs: timeBase + BigInt(firstNs),
    endNs,
    bytesOnDisk: [...raw.values()].reduce((sum, one) => sum + one.fileBytes, 0),
    ops,
    shapes,
    calls: table('calls'),
    ranges: table('ranges'),
    syncs: table('syncs'),
    events: table('events'),
    overheads: table('overheads'),
    graphNodes: table('graphNodes'),
    graphExecs: table('graphExecs'),
    rangeStacks: table('rangeStacks'),
    threads: table('threads'),
    clock: table('clock'),
    strings: texts,
    shapeRow: shapeRows(raw.get('shapes'), raw.get('ops')),
    openRanges,
    devices: devicesOf(raw.get('devices'), raw.get('ops')),
    status,
    notices,
    ...(run === undefined ? {} : { run }),
  };
}

/** The columns as one object. A column that was not asked for throws when it is read: that is a bug. */
function tableView<N extends TableName>(
  name: N,
  columns: Columns | undefined,
  length: number,
  missing: readonly string[],
): Table<N> {
  const view: Record<string, unknown> = { length };
  for (const [column, type] of Object.entries<ColumnType>(SCHEMA[name])) {
    const values = columns?.get(column);
    if (values !== undefined) {
      view[column] = values;
    } else if (columns === undefined || length === 0 || missing.includes(column)) {
      view[column] = type === 'utf8' ? new Array<string>(length).fill('') : allocate(type, length);
    } else {
      Object.defineProperty(view, column, {
        get: () => {
          throw new Error(`${name}.${column} was not read: name it in ReadOptions.columns`);
        },
      });
    }
  }
  return view as Table<N>;
}

/** Later rows of a key replace earlier ones. */
function statusOf(status: RawTable | undefined): Map<string, string> {
  const keys = (status?.columns.get('key') ?? []) as readonly string[];
  const values = (status?.columns.get('value') ?? []) as readonly string[];
  return new Map(keys.map((key, row) => [key, values[row] ?? '']));
}

/** Says what was not there, what was cut, and how far the trace reaches if the process died. */
function noticeEnd(
  raw: ReadonlyMap<TableName, RawTable>,
  asked: readonly TableName[],
  files: TraceFiles,
  status: ReadonlyMap<string, string>,
  endNs: number,
  notices: TraceNotice[],
): void {
  for (const name of ['strings', 'calls', 'status'] as const) {
    if (asked.includes(name) && !files.tables.has(name)) {
      notices.push({ table: name, message: `is missing: ${MISSING[name]}` });
    }
  }
  const clean = status.get('exit') === 'clean';
  let unfinished = false;
  for (const [name, { end, length }] of raw) {
    if (end.complete) continue;
    unfinished = true;
    if (end.lostBytes === 0 && end.damage === undefined && !clean) continue;
    const why = end.damage === undefined ? 'was cut' : `is damaged (${end.damage})`;
    const lost = end.lostBytes > 0 ? `; ${end.lostBytes} bytes of an incomplete batch were left out` : '';
    notices.push({ table: name, message: `${why} after ${length} rows${lost}` });
  }
  if (!unfinished && (clean || !raw.has('status'))) return;
  const upTo = `everything up to ${(endNs / 1e9).toFixed(3)} s is here`;
  if (!clean) notices.push({ table: 'status', message: `the process did not end cleanly; ${upTo}` });
}

const MISSING = {
  strings: 'names read as ?<id>',
  calls: 'why the GPU waited cannot be told, and reads as unknown',
  status: 'drops and versions are not known',
} as const;
