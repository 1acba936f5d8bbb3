import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { messageOf } from '../trace/errors.js';
import { RUN_FILE } from '../trace/files.js';
import { findTables, kindOfPath } from '../trace/node-files.js';
import type { ServedFile, ServedProcess, ServedTrace } from '../trace/served-files.js';
import type { TraceNotice } from '../trace/trace.js';

export const NOTES_FILE = 'notes.json';

/** A file that may be served, and nothing else may. */
export interface ListedFile {
  readonly folder: string;
  readonly name: string;
}

/** A trace as the server gives it out: its list, and for each number in the list the file that it stands for. */
export interface ListedTrace {
  readonly list: ServedTrace;
  readonly files: readonly ListedFile[];
  /** Where notes are kept; undefined where the trace was imported. */
  readonly notesFile: string | undefined;
}

/**
 * Lists a trace folder, or a folder of several processes' folders. Undefined if there are no tables in it. Only table
 * files and `run.json` are listed; a request names one of them by its number, so no path is ever made from a request.
 */
export async function listFolder(
  path: string,
  notices: readonly TraceNotice[] = [],
): Promise<ListedTrace | undefined> {
  if ((await kindOfPath(path)) === 'file') return undefined;
  const files: ListedFile[] = [];
  const refused: TraceNotice[] = [...notices];
  const list = (folder: string, names: readonly string[]): Promise<ServedFile[]> =>
    listFiles(folder, names, files, refused);
  const processes: ServedProcess[] = [];
  const own = await tableNames(path);
  let run: ServedFile | undefined;
  if (own.length > 0) {
    processes.push({ folder: nameOf(path), files: await list(path, [...own, RUN_FILE]) });
  } else {
    for (const folder of await subfolders(path)) {
      const names = await tableNames(join(path, folder));
      if (names.length === 0) continue;
      processes.push({ folder, files: await list(join(path, folder), [...names, RUN_FILE]) });
    }
    run = (await list(path, [RUN_FILE]))[0];
  }
  if (processes.length === 0) return undefined;
  const served: ServedTrace = {
    version: 1,
    name: nameOf(path),
    processes,
    notices: refused,
    ...(run === undefined ? {} : { run }),
  };
  return { list: served, files, notesFile: join(resolve(path), NOTES_FILE) };
}

async function listFiles(
  folder: string,
  names: readonly string[],
  files: ListedFile[],
  refused: TraceNotice[],
): Promise<ServedFile[]> {
  const root = await realpath(folder);
  const listed: ServedFile[] = [];
  for (const name of names) {
    try {
      const real = await realpath(join(folder, name));
      const { size, ...kind } = await stat(real).then((one) => ({ size: one.size, file: one.isFile() }));
      if (!kind.file || !isInside(root, real)) {
        refused.push({ table: name, message: 'left out: it is not a file of its own in this folder' });
        continue;
      }
      listed.push({ name, bytes: size, url: `files/${files.length}` });
      files.push({ folder: root, name: relative(root, real) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue; // run.json need not be there
      refused.push({ table: name, message: `left out: ${messageOf(error)}` });
    }
  }
  return listed;
}

/** A link may not lead out of the folder: a trace from somewhere else must not show what else is on this machine. */
function isInside(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function tableNames(folder: string): Promise<string[]> {
  return [...(await findTables(folder)).tables.values()].map(({ name }) => basename(name));
}

/** Folders and links to folders: traces are often linked into a run. */
async function subfolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) found.push(entry.name);
    else if (entry.isSymbolicLink() && (await isFolder(join(path, entry.name)))) found.push(entry.name);
  }
  return found.sort();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // a link to nothing holds no tables
  }
}

export function nameOf(path: string): string {
  return basename(resolve(path)) || 'trace';
}
