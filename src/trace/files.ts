import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from './errors.js';
import { SCHEMA, type TableName } from './schema.js';

/** Where the tables of one trace are. */
export interface TraceFiles {
  readonly path: string;
  readonly tables: ReadonlyMap<TableName, string>;
  /** Other entries of the folder, for messages. */
  readonly others: readonly string[];
}

/** The table files in a folder; a plain file is preferred over a gzipped one of the same table. */
export async function findTables(folder: string): Promise<TraceFiles> {
  const tables = new Map<TableName, string>();
  const others: string[] = [];
  for (const entry of (await readFolder(folder)).sort()) {
    const name = tableOfFile(entry);
    if (name === undefined) others.push(entry);
    else if (!tables.has(name)) tables.set(name, join(folder, entry));
  }
  return { path: folder, tables, others };
}

export function tableOfFile(file: string): TableName | undefined {
  const name = /^(.+)\.arrows(\.gz)?$/.exec(file)?.[1];
  return name !== undefined && Object.hasOwn(SCHEMA, name) ? (name as TableName) : undefined;
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw pathError(folder, error);
  }
}

/** What a path is, or a sentence about why it cannot be read. */
export async function kindOfPath(path: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw pathError(path, error);
  }
}

function pathError(path: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`there is no file or folder ${path}`, {
        hint: 'check the path; `gapscope capture -o DIR -- CMD…` records a trace into DIR',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path} may not be read by this user`, {
        hint: 'change its permissions, or read it as the user who recorded it',
        cause: error,
      });
    default:
      return error;
  }
}

/** Bytes of all files of a trace on disk. */
export async function bytesOnDisk(files: TraceFiles): Promise<number> {
  let bytes = 0;
  for (const path of files.tables.values()) bytes += (await stat(path)).size;
  return bytes;
}
