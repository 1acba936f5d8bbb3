import { RUN_FILE, tableOfFile, traceFiles, type TableFile } from '../../../src/trace/files.js';
import { readTraceFiles } from '../../../src/trace/read-files.js';
import { readProcesses } from '../../../src/trace/read-processes.js';
import type { Run } from '../../../src/trace/trace.js';
import { UserError } from '../../../src/trace/errors.js';

/** A file and where it is, `process/ops.arrows`; the folder may be absent. */
export interface PlacedFile {
  readonly path: string;
  readonly file: TableFile;
}

/**
 * Reads the traces among `files`: every folder with tables in it is a process.
 * @throws UserError if there is none
 */
export async function readFolders(name: string, files: readonly PlacedFile[]): Promise<Run> {
  const folders = new Map<string, Map<string, TableFile>>();
  for (const { path, file } of files) {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(0, slash));
    const entries = folders.get(folder) ?? new Map<string, TableFile>();
    folders.set(folder, entries.set(path.slice(slash + 1), file));
  }
  const processes = [...folders]
    .filter(([, entries]) => [...entries.keys()].some((entry) => tableOfFile(entry) !== undefined))
    .map(([folder, entries]) =>
      traceFiles(folder === '' ? name : folder, [...entries.keys()], (entry) => entries.get(entry)!),
    );
  const [only] = processes;
  if (only === undefined) throw noTables(files);
  const held = new Set(processes.map(({ path }) => path));
  const beside = [...folders].find(([folder, entries]) => !held.has(folder) && entries.has(RUN_FILE));
  if (processes.length > 1 || beside !== undefined) {
    return readProcesses(name, processes, beside?.[1].get(RUN_FILE));
  }
  return { path: name, traces: [await readTraceFiles(only)], notices: [] };
}

function noTables(files: readonly PlacedFile[]): UserError {
  const shown = files.slice(0, 3).map(({ path }) => path);
  const more = files.length > 3 ? `, … ${files.length - 3} more` : '';
  return new UserError(`This is not a trace: ${shown.join(', ')}${more}`, {
    hint: 'Open a folder that gapscope capture wrote, such a folder packed with tar, or a PyTorch profiler JSON.',
  });
}
