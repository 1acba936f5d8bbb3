import { chunkSource, piecesOf, type ByteSource, type Inflate } from './byte-source.js';
import { messageOf, UserError } from './errors.js';
import { lastPart, RUN_FILE, tableOfFile, type TableFile } from './files.js';
import { TraceReader, type ReadOptions } from './read-files.js';
import { noneReadable, sortedByTime } from './read-processes.js';
import { readRunFile } from './run-file.js';
import type { TableName } from './schema.js';
import { tarEntries, type TarEnd } from './tar.js';
import type { Run, Trace, TraceNotice } from './trace.js';

/** What is known of one folder of a pack. */
interface PackedFolder {
  readonly reader: TraceReader;
  readonly tables: Map<TableName, TableFile>;
  readonly others: string[];
  readonly notices: TraceNotice[];
  run?: unknown;
  /** Why it cannot be used. */
  failure?: UserError;
}

/**
 * Reads a packed trace: a tar of a trace's folder, or of the folder of a run. One pass: a table is decoded as it comes
 * by, so that nothing but the columns is held. `path` names the pack in messages; `inflate` is for gzipped tables.
 * @throws UserError if there is no trace in it
 */
export async function readPack(
  path: string,
  source: ByteSource,
  inflate: Inflate,
  options: ReadOptions = {},
): Promise<Run> {
  const end: TarEnd = { complete: false, skipped: 0, refused: 0 };
  const folders = new Map<string, PackedFolder>();
  let files = 0;
  try {
    for await (const entry of tarEntries(source, end)) {
      files++;
      const slash = entry.name.lastIndexOf('/');
      const folder = folderAt(folders, entry.name.slice(0, Math.max(0, slash)), options);
      const file = entry.name.slice(slash + 1);
      const stored = packedFile(`${path}: ${entry.name}`, entry.bytes, entry.source, inflate);
      if (file === RUN_FILE) folder.run = await readRunFile(stored, folder.notices);
      const table = tableOfFile(file);
      if (table === undefined) folder.others.push(file);
      else if (folder.failure === undefined) await readEntry(folder, table, stored);
    }
  } finally {
    await source.close();
  }
  const notices = noticesOf(path, end);
  const run = runOf(folders, notices);
  const traces: Trace[] = [];
  const failures: UserError[] = [];
  const processes = [...folders].filter(([, { tables }]) => tables.size > 0);
  for (const [name, folder] of processes) {
    try {
      const trace = finish(path, name, folder, processes.length === 1 ? notices : []);
      traces.push(trace.run === undefined && run !== undefined ? { ...trace, run } : trace);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      notices.push({ table: lastPart(name), message: `left out: ${messageOf(error)}` });
    }
  }
  if (processes.length === 0) throw noTrace(path, files, end);
  if (traces.length === 0) throw noneReadable(path, failures);
  return { path, traces: sortedByTime(traces), notices: processes.length === 1 ? [] : notices };
}

function folderAt(folders: Map<string, PackedFolder>, name: string, options: ReadOptions): PackedFolder {
  let folder = folders.get(name);
  if (folder === undefined) {
    folder = { reader: new TraceReader(options), tables: new Map(), others: [], notices: [] };
    folders.set(name, folder);
  }
  return folder;
}

function packedFile(name: string, bytes: number, source: ByteSource, inflate: Inflate): TableFile {
  // How large it is inflated stands at its end, which is not here yet: tables shrink to about a fifth.
  const open = (): ByteSource =>
    name.endsWith('.gz') ? chunkSource(inflate(piecesOf(source)), bytes * 5) : source;
  return { name, bytes, open: () => Promise.resolve(open()) };
}

/** Of the same table plain and gzipped the one that comes first is read. */
async function readEntry(folder: PackedFolder, table: TableName, file: TableFile): Promise<void> {
  if (folder.tables.has(table)) return;
  folder.tables.set(table, file);
  try {
    await folder.reader.read(table, file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    folder.failure = error;
  }
}

function finish(path: string, name: string, folder: PackedFolder, packNotices: TraceNotice[]): Trace {
  if (folder.failure !== undefined) throw folder.failure;
  const { tables, others, run } = folder;
  const own = name === '' ? path.replace(/(\.tar)?(\.t?gz)?$/, '') : `${path}/${name}`;
  const files = { path: own, tables, runFile: undefined, others };
  return folder.reader.finish(files, run, [...folder.notices, ...packNotices]);
}

/** The run file that stands beside the processes, not in one of them. */
function runOf(folders: ReadonlyMap<string, PackedFolder>, notices: TraceNotice[]): unknown {
  for (const folder of folders.values()) {
    if (folder.tables.size > 0) continue;
    notices.push(...folder.notices);
    if (folder.run !== undefined) return folder.run;
  }
  return undefined;
}

function noticesOf(path: string, end: TarEnd): TraceNotice[] {
  const table = lastPart(path);
  const notices: TraceNotice[] = [];
  if (!end.complete) {
    const why = end.damage === undefined ? 'was cut' : `is damaged (${end.damage})`;
    notices.push({ table, message: `the pack ${why}; what came before is here` });
  }
  if (end.skipped > 0) {
    const message = 'links and other entries of the pack that are no files were left out';
    notices.push({ table, message, count: end.skipped });
  }
  if (end.refused > 0) {
    const message = 'entries of the pack were left out, because their names lead out of it';
    notices.push({ table, message, count: end.refused });
  }
  return notices;
}

function noTrace(path: string, files: number, end: TarEnd): UserError {
  const cut = end.complete ? '' : '; it was cut, or is damaged';
  return new UserError(`${path} is a pack of ${files} files, none of which is a table of a trace${cut}`, {
    hint: 'pack a folder that `gapscope capture` wrote: tar czf trace.tgz NAME.trace',
  });
}
