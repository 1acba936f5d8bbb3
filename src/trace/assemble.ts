import { devicesOf } from './devices.js';
import type { TraceFiles } from './files.js';
import { keptNotices } from './kept-notices.js';
import type { Columns } from './order.js';
import { putInOrder } from './put-in-order.js';
import { mergeRangeRows } from './ranges.js';
import type { RawTable } from './read-table.js';
import type { TableName } from './schema.js';
import { readStrings } from './strings.js';
import { shapeRows } from './shapes.js';
import { tablesOf, type TableParts } from './table-view.js';
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
  const tables = new Map<TableName, TableParts>();
  for (const [name, table] of raw) {
    const held: Columns = new Map(table.columns);
    const length = name === 'ranges' ? mergeRangeRows(held, table.length) : table.length;
    columns.set(name, held);
    tables.set(name, { columns: held, length, missing: table.missing });
  }
  const { firstNs, endNs, openRanges } = putInOrder(columns);
  const status = statusOf(raw.get('status'));
  notices.push(...keptNotices(status));
  const metadata = [...raw.values()].map((one) => one.metadata);
  noticeEnd(raw, asked, files, status, endNs, notices);
  return {
    name: nameOf(files.path),
    path: files.path,
    pid: pidOf(metadata),
    baseNs: timeBase + BigInt(firstNs),
    endNs,
    bytesOnDisk: [...raw.values()].reduce((sum, one) => sum + one.fileBytes, 0),
    ...tablesOf(tables),
    strings: texts,
    shapeRow: shapeRows(raw.get('shapes'), raw.get('ops')),
    openRanges,
    devices: devicesOf(raw.get('devices'), raw.get('ops')),
    status,
    notices,
    ...(run === undefined ? {} : { run }),
  };
}

/** As the tables say it; 0 if none does, or garbled. */
function pidOf(metadata: readonly ReadonlyMap<string, string>[]): number {
  const pid = Number(metadata.find((entry) => entry.has('gapscope.pid'))?.get('gapscope.pid') ?? 0);
  return Number.isInteger(pid) && pid > 0 && pid < 2 ** 32 ? pid : 0;
}

/** The folder's own name, without the `.trace` that says what it is. */
function nameOf(path: string): string {
  return (path.split('/').findLast((part) => part !== '') ?? path).replace(/\.trace$/, '');
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
