import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../trace/errors.js';
import { findTables } from '../trace/node-files.js';

/** Where a capture goes when -o does not say: `gapscope-out/<program>-<time>`. */
export function defaultFolder(command: readonly string[], now = new Date()): string {
  const program = basename(command[0] ?? 'run').replace(/[^\w.-]/g, '_');
  const time = now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return resolve('gapscope-out', `${program}-${time}`);
}

/** Makes the folder. One with something in it is refused, or cleared of earlier traces with `force`. */
export async function prepareFolder(folder: string, force: boolean): Promise<void> {
  let entries: string[];
  try {
    await mkdir(folder, { recursive: true });
    entries = await readdir(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR') {
      throw new UserError(`${folder} is a file, not a folder`, { hint: 'give another folder with -o DIR' });
    }
    throw new UserError(`the folder ${folder} cannot be made: ${message}`, {
      hint: 'give another folder with -o DIR',
    });
  }
  if (entries.length === 0) return;
  if (!force) {
    throw new UserError(`${folder} is not empty`, {
      hint: 'give another folder with -o DIR, or --force to replace the traces in it',
    });
  }
  // Only what a capture wrote is ever deleted: -o may have been given a folder of something else.
  for (const entry of entries) {
    const path = join(folder, entry);
    if (entry.endsWith('.trace') && (await isTrace(path))) await rm(path, { recursive: true });
  }
}

async function isTrace(path: string): Promise<boolean> {
  try {
    const { tables, others } = await findTables(path);
    return tables.size > 0 || others.length === 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
