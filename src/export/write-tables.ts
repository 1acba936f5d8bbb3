import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { csvText } from './csv.js';
import type { ExportTable } from './export-table.js';
import { writeParquet } from './parquet.js';
import { writeText, writeWhole } from './write-file.js';

export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
  /** Rows of a table; absent for other files. */
  readonly rows?: number;
}

export type TableFormat = 'csv' | 'parquet';

/** Writes each table into a folder as `<name>.csv` or `<name>.parquet`. */
export async function writeTables(
  folder: string,
  tables: readonly ExportTable[],
  format: TableFormat,
  metadata: Readonly<Record<string, string>>,
  progress: (text: string) => void,
): Promise<WrittenFile[]> {
  await mkdir(folder, { recursive: true });
  const written: WrittenFile[] = [];
  for (const table of tables) {
    const file = join(folder, `${table.name}.${format}`);
    progress(`writing ${file}`);
    if (format === 'csv') await writeText(file, csvText(table));
    else await writeWhole(file, (unfinished) => writeParquet(unfinished, table, metadata));
    written.push({ file, bytes: (await stat(file)).size, rows: table.length });
  }
  return written;
}
