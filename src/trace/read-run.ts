import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { messageOf, UserError } from './errors.js';
import { findTables, kindOfPath, tableOfFile, type TraceFiles } from './files.js';
import { readTraceFiles, type ReadOptions } from './read-trace.js';
import { readRunFile } from './run-file.js';
import type { Run, Trace, TraceNotice } from './trace.js';

/** Reads what a path stands for: one trace, or a folder of the traces of several processes. */
export async function readRun(path: string, options: ReadOptions = {}): Promise<Run> {
  if ((await kindOfPath(path)) === 'file') throw notATrace(path);
  const own = await findTables(path);
  if (own.tables.size > 0) {
    return { path, traces: [await readTraceFiles(own, options)], notices: [] };
  }
  return readProcesses(path, own, options);
}

async function readProcesses(path: string, own: TraceFiles, options: ReadOptions): Promise<Run> {
  const folders = await processFolders(path);
  if (folders.length === 0) throw noTraces(path, own);
  const notices: TraceNotice[] = [];
  const run = await readRunFile(path, notices);
  const traces: Trace[] = [];
  const failures: UserError[] = [];
  for (const files of folders) {
    try {
      const trace = await readTraceFiles(files, options);
      traces.push(trace.run === undefined && run !== undefined ? { ...trace, run } : trace);
    } catch (error) {
      // One process without GPU work (a launcher, a data loader) must not hide the others.
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      notices.push({ table: basename(files.path), message: `left out: ${messageOf(error)}` });
    }
  }
  if (traces.length === 0) throw noneReadable(path, failures);
  traces.sort((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : a.pid - b.pid));
  return { path, traces, notices };
}

/** The subfolders that hold tables, or are named as if they did. */
async function processFolders(path: string): Promise<TraceFiles[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const found: TraceFiles[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = join(path, entry.name);
    // A link to a folder counts: traces are often linked into a run.
    if (!entry.isDirectory() && !(entry.isSymbolicLink() && (await kindOfPath(folder)) === 'folder')) {
      continue;
    }
    const files = await findTables(folder);
    if (files.tables.size > 0) found.push(files);
  }
  return found;
}

function notATrace(path: string): UserError {
  if (tableOfFile(basename(path)) !== undefined) {
    return new UserError(`${path} is one table of a trace, not a trace`, {
      hint: `give its folder: ${dirname(path)}`,
    });
  }
  return new UserError(`${path} is not a trace: a trace is a folder of .arrows files`, {
    hint: 'give the folder that `gapscope capture` wrote',
  });
}

function noTraces(path: string, { others }: TraceFiles): UserError {
  const hint = 'give the folder that `gapscope capture` wrote';
  if (others.length === 0) {
    return new UserError(`${path} is an empty folder: there is no trace in it`, { hint });
  }
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? `, … ${others.length - 3} more` : '');
  return new UserError(`${path} holds no trace; found: ${shown}`, { hint });
}

function noneReadable(path: string, failures: readonly UserError[]): UserError {
  const first = failures[0]!;
  if (failures.length === 1) return first;
  return new UserError(
    `none of the ${failures.length} traces in ${path} can be used: ${failures.map(messageOf).join('; ')}`,
    first.hint === undefined ? {} : { hint: first.hint },
  );
}
