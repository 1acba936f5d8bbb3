import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../trace/errors.js';
import { tableOfFile } from '../trace/files.js';
import { findTables, kindOfPath } from '../trace/node-files.js';
import { isPackedFile } from '../trace/node-pack.js';
import { readRun } from '../trace/read-run.js';
import type { Run, Trace, TraceNotice } from '../trace/trace.js';
import { clocksOf } from './clocks.js';
import { firstBytes, formatOf, type FileFormat } from './detect.js';
import { distinctPids } from './distinct-pids.js';
import type { ImportOptions } from './import-options.js';
import { IMPORTERS, importerOf } from './registry.js';

/**
 * Reads whatever a path stands for: a trace or a run of ours, packed or not; another tool's file; or a folder of any
 * of these, one or more for each rank of a distributed run.
 * @throws UserError if it is none of them, or cannot be used
 */
export async function openRun(path: string, options: ImportOptions = {}): Promise<Run> {
  const isFolder = (await kindOfPath(path)) === 'folder';
  const run = await (isFolder ? openFolder(path, options) : openFile(path, options));
  return withClocks(distinctPids(inOrderOfNames(run)));
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Ranks in the order of their numbers, whichever began first. Our own captures stay in the order in which they began. */
function inOrderOfNames(run: Run): Run {
  if (!run.traces.some(({ status }) => status.has('source'))) return run;
  return { ...run, traces: run.traces.toSorted((a, b) => BY_NAME.compare(a.name, b.name)) };
}

/** A folder's `run.json` and `notes.json` are ours; they are no traces. */
const OWN_FILES: readonly string[] = ['run.json', 'notes.json'];

async function openFolder(path: string, options: ImportOptions): Promise<Run> {
  if ((await findTables(path)).tables.size > 0) return readRun(path, options);
  const files = await importable(path);
  if (files.length === 0) return readRun(path, options);
  const parts = [...(await processes(path, options)), ...files.map((file) => () => openFile(file, options))];
  const traces: Trace[] = [];
  const notices: TraceNotice[] = [];
  const failures: UserError[] = [];
  for (const part of parts) {
    try {
      const run = await part();
      traces.push(...run.traces);
      notices.push(...run.notices);
    } catch (error) {
      // One rank whose file was cut must not hide the others.
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      notices.push({ table: basename(path), message: `left out: ${messageOf(error)}` });
    }
  }
  if (traces.length === 0) throw failures.length === 1 ? failures[0]! : noneUsable(path, failures);
  return { path, traces, notices };
}

/** Traces of ours in subfolders, beside the files of other tools. */
async function processes(path: string, options: ImportOptions): Promise<(() => Promise<Run>)[]> {
  const found: (() => Promise<Run>)[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const folder = join(path, entry.name);
    if (!entry.isDirectory() && !(entry.isSymbolicLink() && (await kindOfPath(folder)) === 'folder')) {
      continue;
    }
    if ((await findTables(folder)).tables.size > 0) found.push(() => readRun(folder, options));
  }
  return found;
}

/** Files of other tools in a folder. */
async function importable(path: string): Promise<string[]> {
  const names = (await readdir(path)).filter(
    (name) => !OWN_FILES.includes(name) && IMPORTERS.some(({ files }) => files.test(name)),
  );
  const files: string[] = [];
  for (const name of names.toSorted(BY_NAME.compare)) {
    const file = join(path, name);
    if ((await kindOfPath(file)) === 'file') files.push(file);
  }
  return files;
}

async function openFile(path: string, options: ImportOptions): Promise<Run> {
  const bytes = await firstBytes(path);
  if (tableOfFile(basename(path)) !== undefined || (await isPackedFile(path))) return readRun(path, options);
  const importer = importerOf(path, bytes);
  if (importer === undefined) throw notReadable(path, formatOf(path, bytes));
  return importer.load(path, options);
}

function withClocks(run: Run): Run {
  if (run.traces.length < 2 || run.clocks !== undefined) return run;
  const { clocks, notice } = clocksOf(run.traces);
  return { ...run, clocks, notices: notice === undefined ? run.notices : [...run.notices, notice] };
}

function notReadable(path: string, format: FileFormat): UserError {
  switch (format) {
    case 'empty':
      return new UserError(`${path} is empty`, { hint: 'it was not written to its end; record it again' });
    case 'gzipped-sqlite':
      return new UserError(`${path} is a gzipped database, which cannot be read as it is`, {
        hint: `gunzip ${path}`,
      });
    case 'nsys-report':
      return new UserError(`${path} is a report of Nsight Systems, which only its own tools can read`, {
        hint: `export it first: nsys export --type sqlite ${path}`,
      });
    case 'arrow':
      return new UserError(`${path} is one Arrow table, not a trace: a trace is a folder of .arrows files`, {
        hint: 'give the folder that `gapscope capture` wrote',
      });
    default:
      return new UserError(
        `${path} is none of what gapscope reads: a trace (folder or tar), an SQLite export of Nsight Systems, a JSON of the PyTorch profiler`,
        { hint: 'docs/import.md lists what can be read and how to make it' },
      );
  }
}

function noneUsable(path: string, failures: readonly UserError[]): UserError {
  const hint = failures[0]?.hint;
  return new UserError(
    `none of the ${failures.length} files in ${path} can be used: ${failures.map(messageOf).join('; ')}`,
    hint === undefined ? {} : { hint },
  );
}
