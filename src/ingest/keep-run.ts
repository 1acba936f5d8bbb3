import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILE } from '../trace/files.js';
import { isNoticeKey, keepNotices } from '../trace/kept-notices.js';
import { SCHEMA, type TableName } from '../trace/schema.js';
import { STRING_COLUMNS } from '../trace/strings.js';
import type { Run, Trace, TraceNotice } from '../trace/trace.js';
import { writeTrace, type TableRows, type TablesToWrite } from '../trace/write-trace.js';
import { CLOCKS } from './clocks.js';
import type { ImportOptions } from './import-options.js';

/** Characters of a trace's name that a folder's name may have on any system. */
const UNSAFE = /[^\w.-]+/g;
const MAX_NAME = 120;

/**
 * Writes a run into a folder, one trace folder a process; reading it gives the same traces. What was told of the whole
 * run is kept with the first. Returns the folders' names.
 */
export async function keepRun(
  run: Run,
  folder: string,
  options: Pick<ImportOptions, 'progress' | 'signal'> = {},
): Promise<string[]> {
  const names: string[] = [];
  // How the clocks relate is found out again when the traces are read.
  const ofRun = run.notices.filter(({ table }) => table !== CLOCKS);
  for (const [i, trace] of run.traces.entries()) {
    options.progress?.({ text: 'writing', done: i, total: run.traces.length });
    const name = folderName(trace.name, names);
    names.push(name);
    const notices = i === 0 ? [...trace.notices, ...ofRun] : trace.notices;
    await keepTrace(trace, notices, join(folder, name), options.signal);
  }
  return names;
}

async function keepTrace(
  trace: Trace,
  notices: readonly TraceNotice[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const tables = tablesOf(trace, notices);
  await writeTrace(folder, tables, {
    baseNs: trace.baseNs,
    pid: trace.pid,
    ...(signal === undefined ? {} : { signal }),
  });
  if (trace.run !== undefined) await writeFile(join(folder, RUN_FILE), JSON.stringify(trace.run));
}

function folderName(name: string, taken: readonly string[]): string {
  const stem =
    name
      .replace(UNSAFE, '_')
      .replace(/^[.-]+/, '')
      .slice(0, MAX_NAME) || 'trace';
  let folder = `${stem}.trace`;
  for (let n = 2; taken.includes(folder); n++) folder = `${stem}-${n}.trace`;
  return folder;
}

/** The tables as they lie on disk; one without rows is left out, but for those whose absence reads as a loss. */
function tablesOf(trace: Trace, notices: readonly TraceNotice[]): TablesToWrite {
  const tables: Partial<Record<TableName, TableRows>> = {
    // Before the tables that use them: a trace that is being written can be read.
    strings: { id: Uint32Array.from(trace.strings, (_, id) => id), text: usedTexts(trace) },
    status: statusRows(trace, notices),
    devices: deviceRows(trace),
  };
  for (const name of Object.keys(SCHEMA) as TableName[]) {
    if (name === 'strings' || name === 'status' || name === 'devices') continue;
    const table = name === 'ranges' ? rangesAsRecorded(trace) : trace[name];
    const { length, ...columns } = table;
    if (length > 0 || name === 'ops' || name === 'calls') tables[name] = columns;
  }
  return tables;
}

/** The texts that the trace's own rows name, others empty: processes that were read from one file share their strings. */
function usedTexts(trace: Trace): string[] {
  const used = new Uint8Array(trace.strings.length);
  for (const [name, column] of STRING_COLUMNS) {
    const ids = (trace[name as keyof Trace] as Record<string, Uint32Array>)[column]!;
    for (let i = 0; i < ids.length; i++) used[ids[i]!] = 1;
  }
  return trace.strings.map((text, id) => (used[id] === 1 ? text : ''));
}

/** A range that was never closed is written as such, not with the end that reading gave it. */
function rangesAsRecorded({ ranges, openRanges }: Trace): Trace['ranges'] {
  if (openRanges.length === 0) return ranges;
  const durationNs = ranges.durationNs.slice();
  for (const range of openRanges) durationNs[range] = -1;
  return { ...ranges, durationNs };
}

function statusRows({ status }: Trace, notices: readonly TraceNotice[]): TableRows {
  const own = [...status].filter(([key]) => !isNoticeKey(key));
  const rows = [...own, ...keepNotices(notices)];
  // Nothing is known of the recorder's exit; of this writing it is known that it came to its end.
  if (!status.has('exit')) rows.push(['exit', 'clean']);
  return { key: rows.map(([key]) => key), value: rows.map(([, value]) => value) };
}

function deviceRows({ devices }: Trace): TableRows {
  const rows = devices.flatMap(({ id, name, limits }) => [
    { id, key: 'name', number: 0, text: name },
    ...[...limits].map(([key, number]) => ({ id, key, number, text: '' })),
  ]);
  return {
    id: Uint8Array.from(rows, ({ id }) => id),
    key: rows.map(({ key }) => key),
    number: Float64Array.from(rows, ({ number }) => number),
    text: rows.map(({ text }) => text),
  };
}
