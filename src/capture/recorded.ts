import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a capture has written so far. */
export interface Recorded {
  readonly processes: number;
  readonly bytes: number;
}

/** Counts the traces in a capture's folder and their bytes; the folder is being written meanwhile. */
export async function recordedSoFar(folder: string): Promise<Recorded> {
  let processes = 0;
  let bytes = 0;
  for (const entry of await listing(folder)) {
    if (!entry.endsWith('.trace')) continue;
    processes++;
    for (const file of await listing(join(folder, entry))) {
      bytes += (await stat(join(folder, entry, file)).catch(ifGone))?.size ?? 0;
    }
  }
  return { processes, bytes };
}

async function listing(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ifGone)) ?? [];
}

/** Files come and go under a running program; any other error is a real one. */
function ifGone(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
