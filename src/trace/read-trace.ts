import { basename } from 'node:path';
import { assembleTrace } from './assemble.js';
import { UserError } from './errors.js';
import { findTables, type TraceFiles } from './files.js';
import { readTable, TimeBase, type RawTable } from './read-table.js';
import { readRunFile } from './run-file.js';
import { SCHEMA, type TableName } from './schema.js';
import type { Trace, TraceNotice } from './trace.js';

export interface ReadOptions {
  /** Tables to read; default all. The start of the trace is the first record of those that are read. */
  readonly tables?: readonly TableName[];
  /** Columns to convert, by table; default all. Reading another one later is a bug, and throws. */
  readonly columns?: Partial<Record<TableName, readonly string[]>>;
  /** Accept a trace without GPU work; otherwise that is a `UserError`. */
  readonly allowEmpty?: boolean;
}

/** Without these columns the rows of a table mean nothing. */
const ESSENTIAL: Partial<Record<TableName, readonly string[]>> = {
  ops: ['startNs', 'durationNs', 'kind', 'name', 'correlation'],
  calls: ['startNs', 'durationNs', 'correlation'],
  ranges: ['startNs', 'durationNs', 'id', 'name'],
  syncs: ['startNs', 'durationNs', 'kind'],
  overheads: ['startNs', 'durationNs', 'kind'],
  shapes: ['id'],
  rangeStacks: ['id', 'parent', 'name'],
  graphNodes: ['node', 'original', 'stack'],
  strings: ['id', 'text'],
};

/** Small tables that say what the others mean; read whatever was asked for. */
const ALWAYS: readonly TableName[] = ['strings', 'status', 'devices'];

/** Reads one process's trace. */
export async function readTrace(folder: string, options: ReadOptions = {}): Promise<Trace> {
  return readTraceFiles(await findTables(folder), options);
}

export async function readTraceFiles(files: TraceFiles, options: ReadOptions = {}): Promise<Trace> {
  const timeBase = new TimeBase();
  const names = Object.keys(SCHEMA) as TableName[];
  const asked = names.filter(
    (name) => options.tables === undefined || options.tables.includes(name) || ALWAYS.includes(name),
  );
  const tables = new Map<TableName, RawTable>();
  // All at once: while one table is converted, the bytes of the next are being read or inflated.
  await Promise.all(
    asked.map(async (name) => {
      const path = files.tables.get(name);
      if (path !== undefined) {
        tables.set(name, await readTable(name, path, timeBase, options.columns?.[name]));
      }
    }),
  );
  const notices: TraceNotice[] = [];
  for (const name of asked) checkColumns(name, files, tables, notices);
  const run = await readRunFile(files.path, notices);
  const trace = assembleTrace(files, tables, asked, timeBase.ns, notices, run);
  if (options.allowEmpty !== true && asked.includes('ops')) requireOps(trace, files, tables);
  return trace;
}

function checkColumns(
  name: TableName,
  files: TraceFiles,
  tables: Map<TableName, RawTable>,
  notices: TraceNotice[],
): void {
  const table = tables.get(name);
  if (table === undefined || table.missing.length === 0) return;
  // A file cut inside its schema has no columns at all; the notice about the cut says it better.
  if (table.length === 0) return;
  const list = table.missing.join(', ');
  const essential = table.missing.filter((column) => ESSENTIAL[name]?.includes(column) === true);
  if (essential.length === 0) {
    notices.push({ table: name, message: `has no column ${list}; read as 0` });
  } else if (name === 'ops') {
    throw new UserError(`${files.tables.get(name)} lacks the column ${essential.join(', ')}`, {
      hint: 'the file was not written in the trace format of docs/trace-format.md; record the trace again',
    });
  } else {
    notices.push({
      table: name,
      message: `left out, because it lacks the column ${essential.join(', ')}`,
      count: table.length,
    });
    tables.delete(name);
  }
}

/** A trace without GPU work answers none of the questions; say what is there and why that may be. */
function requireOps(trace: Trace, files: TraceFiles, tables: ReadonlyMap<TableName, RawTable>): void {
  if (trace.ops.length > 0) return;
  const capture = trace.status.get('capture');
  const because = capture !== undefined && capture !== 'on' ? ` (capture: ${capture})` : '';
  const hint =
    'run `gapscope doctor`, and check that the command used the GPU while it was being captured (--range, --delay)';
  const end = tables.get('ops')?.end;
  if (!files.tables.has('ops')) {
    const found = [...files.tables.keys()].join(', ') || 'none';
    throw new UserError(`${basename(files.path)} has no table of GPU work, ops; found: ${found}${because}`, {
      hint: files.tables.size === 0 ? 'give a folder that `gapscope capture` wrote' : hint,
    });
  }
  const cut = end !== undefined && !end.complete ? ', because its file was cut before the first rows' : '';
  throw new UserError(`${basename(files.path)} holds no GPU work${cut}${because}`, { hint });
}
