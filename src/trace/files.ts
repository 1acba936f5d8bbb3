import type { ByteSource } from './byte-source.js';
import { SCHEMA, type TableName } from './schema.js';

/** A file that can be read, wherever it is: on disk, in a pack, on a server, in memory. Inflated as it is read. */
export interface TableFile {
  /** For messages. */
  readonly name: string;
  /** As stored: compressed if it is. */
  readonly bytes: number;
  open(): Promise<ByteSource>;
}

/** Where the tables of one trace are. */
export interface TraceFiles {
  /** The trace's folder; its last part names the trace. */
  readonly path: string;
  readonly tables: ReadonlyMap<TableName, TableFile>;
  /** `run.json`, if there is one. */
  readonly runFile: TableFile | undefined;
  /** Names of other entries of the folder, for messages. */
  readonly others: readonly string[];
}

export const RUN_FILE = 'run.json';

/** Sorts the entries of a folder; a plain file is preferred over a gzipped one of the same table. */
export function traceFiles(
  path: string,
  entries: readonly string[],
  fileOf: (entry: string) => TableFile,
): TraceFiles {
  const tables = new Map<TableName, TableFile>();
  const others: string[] = [];
  for (const entry of entries.toSorted()) {
    const name = tableOfFile(entry);
    if (name === undefined) others.push(entry);
    else if (!tables.has(name)) tables.set(name, fileOf(entry));
  }
  return { path, tables, runFile: entries.includes(RUN_FILE) ? fileOf(RUN_FILE) : undefined, others };
}

export function tableOfFile(file: string): TableName | undefined {
  const name = /^(.+)\.arrows(\.gz)?$/.exec(file)?.[1];
  return name !== undefined && Object.hasOwn(SCHEMA, name) ? (name as TableName) : undefined;
}

/** The last part of a path: the name of a folder or file. */
export function lastPart(path: string): string {
  return path.split('/').findLast((part) => part !== '') ?? path;
}
