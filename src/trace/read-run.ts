import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from './errors.js';
import { tableOfFile, type TraceFiles } from './files.js';
import { findTables, kindOfPath } from './node-files.js';
import { isPackedFile, readPackedFile } from './node-pack.js';
import { readTraceFiles, type ReadOptions } from './read-files.js';
import { readProcesses } from './read-processes.js';
import type { Run } from './trace.js';

/** Reads what a path stands for: one trace, a folder of the traces of several processes, or either packed with tar. */
export async function readRun(path: string, options: ReadOptions = {}): Promise<Run> {
  if ((await kindOfPath(path)) === 'file') {
    if (await isPackedFile(path)) return readPackedFile(path, options);
    throw notATrace(path);
  }
  const own = await findTables(path);
  if (own.tables.size > 0) {
    return { path, traces: [await readTraceFiles(own, options)], notices: [] };
  }
  const processes = await processFolders(path);
  if (processes.length === 0) throw noTraces(path, own);
  return readProcesses(path, processes, own.runFile, options);
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
  return new UserError(
    `${path} is not a trace: a trace is a folder of .arrows files, or such a folder packed with tar`,
    {
      hint: 'give the folder that `gapscope capture` wrote',
    },
  );
}

function noTraces(path: string, { others }: TraceFiles): UserError {
  const hint = 'give the folder that `gapscope capture` wrote';
  if (others.length === 0) {
    return new UserError(`${path} is an empty folder: there is no trace in it`, { hint });
  }
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? `, … ${others.length - 3} more` : '');
  return new UserError(`${path} holds no trace; found: ${shown}`, { hint });
}
