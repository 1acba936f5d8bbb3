import { basename } from 'node:path';
import { UserError } from '../../trace/errors.js';
import { sortedByTime } from '../../trace/read-processes.js';
import type { Run } from '../../trace/trace.js';
import type { ImportOptions } from '../import-options.js';
import { readCalls, RUNTIME } from './calls.js';
import { diagnosticsOf } from './diagnostics.js';
import { GRAPH_TRACE, readGraphLaunches } from './graph-launches.js';
import { GRAPH_TABLES, readGraphs } from './graph-nodes.js';
import { graphNotices } from './graph-notices.js';
import { HOST_TABLES, readHost } from './host.js';
import { NsysDatabase } from './nsys-database.js';
import { NsysFile } from './nsys-file.js';
import { NVTX, readRanges } from './ranges.js';
import { OP_TABLES, readOps } from './ops.js';
import { tracesOf } from './traces.js';
import { readThreads } from './threads.js';

const MAX_QUOTED = 160;

/** An export has at least one of these; a database without any is somebody else's. */
const SIGNS = ['META_DATA_EXPORT', 'EXPORT_META_DATA', 'META_DATA_CAPTURE', RUNTIME, NVTX, ...OP_TABLES];

/**
 * Reads an SQLite export of Nsight Systems: one trace a process that did GPU work. Nothing is written to the file or
 * beside it.
 * @throws UserError if it is no such file, is damaged, or holds no GPU work (unless `allowEmpty`)
 */
export async function importNsys(path: string, options: ImportOptions = {}): Promise<Run> {
  const db = new NsysDatabase(path, options);
  try {
    if (!SIGNS.some((table) => db.has(table))) throw notAnExport(path, db.tables);
    const file = new NsysFile(db);
    db.expect(...OP_TABLES, GRAPH_TRACE, RUNTIME, NVTX, ...HOST_TABLES, ...GRAPH_TABLES);
    await readOps(file);
    await readGraphLaunches(file);
    await readCalls(file);
    await readRanges(file);
    await readHost(file);
    await readGraphs(file);
    readThreads(file);
    const { messages, notices } = diagnosticsOf(db);
    const { traces, leftOut } = tracesOf(file, options.allowEmpty === true);
    if (traces.length === 0) throw noGpuWork(path, messages);
    return {
      path,
      traces: sortedByTime(traces),
      notices: [...leftOut, ...graphNotices(file), ...file.losses.notices, ...notices],
    };
  } finally {
    db.close();
  }
}

function notAnExport(path: string, tables: readonly string[]): UserError {
  const found = tables.length === 0 ? 'it has no tables' : `its tables are ${tables.slice(0, 5).join(', ')}`;
  return new UserError(`${path} is an SQLite database, but not an export of Nsight Systems: ${found}`, {
    hint: 'make one with: nsys export --type sqlite FILE.nsys-rep',
  });
}

/** "No GPU rows" is not "the GPU was idle": what the profiler said about it is the best clue there is. */
function noGpuWork(path: string, messages: readonly string[]): UserError {
  const about = messages.filter((text) => !text.includes('NVTX'));
  const said =
    about.length === 0
      ? ''
      : `; the profiler said: ${about
          .slice(0, 4)
          .map((text) => `"${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}"`)
          .join(', ')}`;
  return new UserError(`${basename(path)} holds no GPU work${said}`, {
    hint: 'record with --trace=cuda,nvtx and an Nsight Systems that knows the installed driver, around work on the GPU',
  });
}
