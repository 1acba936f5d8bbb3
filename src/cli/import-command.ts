import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { summarize } from '../analysis/info.js';
import { prepareFolder } from '../capture/out-folder.js';
import { keepRun } from '../ingest/keep-run.js';
import { openRun } from '../ingest/open.js';
import { importText } from '../report/import-text.js';
import { messageOf, UserError } from '../trace/errors.js';
import { printJson, printLines, styleFor } from './output.js';
import { withProgress } from './progress.js';

export interface ImportCommand {
  readonly path: string;
  readonly out: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** As a shell reports a command that died of Ctrl-C. */
const INTERRUPTED = 130;

/** Keeps another tool's file as traces of ours. Nothing is left behind unless all of it was written. */
export async function importCommand({ path, out, force, json, quiet }: ImportCommand): Promise<number> {
  const folder = resolve(out);
  const abort = new AbortController();
  const onSignal = (): void => abort.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    // Refused before an hour of reading, not after.
    if (!force) await refuseUsed(folder);
    const { signal } = abort;
    const run = await withProgress(`importing ${path}`, quiet, async (progress) => {
      const read = await openRun(path, { progress, signal });
      signal.throwIfAborted();
      await writeBeside(folder, force, (partial) => keepRun(read, partial, { progress, signal }));
      return read;
    });
    const processes = run.traces.map(summarize);
    if (json) {
      printJson({
        schema: 'gapscope.import/1',
        from: path,
        path: folder,
        ...(run.clocks === undefined ? {} : { clocks: run.clocks }),
        processes,
        notices: run.notices,
      });
    } else {
      printLines(
        importText({ from: path, folder: out, processes, notices: run.notices }, styleFor(process.stdout)),
      );
    }
    return 0;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    process.stderr.write('interrupted: nothing was written\n');
    return INTERRUPTED;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function refuseUsed(folder: string): Promise<void> {
  const existed = await exists(folder);
  await prepareFolder(folder, false);
  if (!existed) await rm(folder, { recursive: true });
}

/** Writes into a folder beside the one asked for, and moves it there when it is whole. */
async function writeBeside(
  folder: string,
  force: boolean,
  write: (partial: string) => Promise<readonly string[]>,
): Promise<void> {
  let partial: string | undefined;
  try {
    await mkdir(dirname(folder), { recursive: true });
    partial = await mkdtemp(join(dirname(folder), `.${basename(folder)}.partial-`));
    await write(partial);
    await prepareFolder(folder, force);
    for (const name of await readdir(partial)) await rename(join(partial, name), join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UserError(`the traces could not be written: ${messageOf(error)}`, {
      hint: 'give another folder with -o DIR, on a disk with room',
      cause: error,
    });
  } finally {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
