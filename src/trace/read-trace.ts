import { findTables } from './node-files.js';
import { readTraceFiles, type ReadOptions } from './read-files.js';
import type { Trace } from './trace.js';

/** Reads one process's trace from its folder. */
export async function readTrace(folder: string, options: ReadOptions = {}): Promise<Trace> {
  return readTraceFiles(await findTables(folder), options);
}
