import { messageOf, UserError } from './errors.js';
import { lastPart, type TableFile, type TraceFiles } from './files.js';
import { readTraceFiles, type ReadOptions } from './read-files.js';
import { readRunFile } from './run-file.js';
import type { Run, Trace, TraceNotice } from './trace.js';

/**
 * Reads the traces of a run's processes. One that cannot be used is left out with a notice. `runFile` stands beside
 * them, and counts for those that have none of their own.
 * @throws UserError if none can be used
 */
export async function readProcesses(
  path: string,
  processes: readonly TraceFiles[],
  runFile: TableFile | undefined,
  options: ReadOptions = {},
): Promise<Run> {
  const notices: TraceNotice[] = [];
  const run = await readRunFile(runFile, notices);
  const traces: Trace[] = [];
  const failures: UserError[] = [];
  for (const files of processes) {
    try {
      const trace = await readTraceFiles(files, options);
      traces.push(trace.run === undefined && run !== undefined ? { ...trace, run } : trace);
    } catch (error) {
      // One process without GPU work (a launcher, a data loader) must not hide the others.
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
      notices.push({ table: lastPart(files.path), message: `left out: ${messageOf(error)}` });
    }
  }
  if (traces.length === 0) throw noneReadable(path, failures);
  return { path, traces: sortedByTime(traces), notices };
}

/** Processes in the order in which they began. */
export function sortedByTime(traces: readonly Trace[]): Trace[] {
  return traces.toSorted((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : a.pid - b.pid));
}

/** What to say where no process of a run can be used. */
export function noneReadable(path: string, failures: readonly UserError[]): UserError {
  const first = failures[0];
  if (failures.length === 1 && first !== undefined) return first;
  return new UserError(
    `none of the ${failures.length} traces in ${path} can be used: ${failures.map(messageOf).join('; ')}`,
    first?.hint === undefined ? {} : { hint: first.hint },
  );
}
