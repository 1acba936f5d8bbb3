import { readdir } from 'node:fs/promises';
import type { ImportOptions } from '../ingest/import-options.js';
import { RUN_FILE } from '../trace/files.js';
import { findTables, kindOfPath } from '../trace/node-files.js';
import { isPackedFile } from '../trace/node-pack.js';
import { listFolder, nameOf, NOTES_FILE, type ListedTrace } from './listed-trace.js';
import { privateFolder, type PrivateFolder } from './private-folder.js';
import { unpack } from './unpack.js';

/** A trace as files of tables, and the folder they were put in if they were not there before: to be removed afterwards. */
export interface TraceOnDisk {
  readonly trace: ListedTrace;
  readonly folder: PrivateFolder | undefined;
}

/**
 * The table files of any TRACE: those of our own folders as they lie there; a pack's and an import's in a private folder.
 * @throws UserError if there is no trace at the path
 */
export async function listTrace(path: string, options: ImportOptions = {}): Promise<TraceOnDisk> {
  const own = (await isOwn(path)) ? await listFolder(path) : undefined;
  if (own !== undefined) return { trace: own, folder: undefined };
  const folder = await privateFolder();
  try {
    return { trace: await putInto(folder.path, path, options), folder };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

async function putInto(folder: string, path: string, options: ImportOptions): Promise<ListedTrace> {
  const isPack = (await kindOfPath(path)) === 'file' && (await isPackedFile(path));
  let listed = isPack ? await listFolder(folder, await unpack(path, folder)) : undefined;
  if (listed === undefined) {
    const { openRun } = await import('../ingest/open.js');
    const { keepRun } = await import('../ingest/keep-run.js');
    // Of a pack without tables, this says what is wrong with it.
    await keepRun(await openRun(path, options), folder, options);
    listed = await listFolder(folder);
  }
  if (listed === undefined) throw new Error(`${path} was read, but left no tables`);
  return { ...listed, list: { ...listed.list, name: nameOf(path) }, notesFile: undefined };
}

/** Whether a folder's own tables are all there is in it: nothing beside them would have to be imported. */
async function isOwn(path: string): Promise<boolean> {
  if ((await kindOfPath(path)) === 'file') return false;
  if ((await findTables(path)).tables.size > 0) return true;
  const { IMPORTERS } = await import('../ingest/registry.js');
  const names = (await readdir(path)).filter((name) => name !== RUN_FILE && name !== NOTES_FILE);
  return !names.some((name) => IMPORTERS.some(({ files }) => files.test(name)));
}
