import { assembleTrace } from './assemble.js';
import { UserError } from './errors.js';
import { lastPart, type TableFile, type TraceFiles } from './files.js';
import { readTable, TimeBase, type RawTable } from './read-table.js';
import { readRunFile } from './run-file.js';
import { SCHEMA, type TableName } from './schema.js';
import type { Trace, TraceNotice } from './trace.js';

export interface ReadOptions {
  /** Tables to read; default all. The start of the trace is the first record of those that are read. */
  readonly tables?: readonly TableName[];
  /** Columns to convert, by table; default all. Reading another one later is a bug, and throws. */
  readonly columns?: Partial<Record<TableName, readonly string[]>>;
  /** Accept a trace without GPU work; otherwise that is a `UserError`. */
  readonly allowEmpty?: boolean;
}

/** Without these columns the rows of a table mean nothing. */
const ESSENTIAL: Partial<Record<TableName, readonly string[]>> = {
  ops: ['startNs', 'durationNs', 'kind', 'name', 'correlation'],
  calls: ['startNs', 'durationNs', 'correlation'],
  ranges: ['startNs', 'durationNs', 'id', 'name'],
  syncs: ['startNs', 'durationNs', 'kind'],
  overheads: ['startNs', 'durationNs', 'kind'],
  shapes: ['id'],
  rangeStacks: ['id', 'parent', 'name'],
  graphNodes: ['node', 'original', 'stack'],
  strings: ['id', 'text'],
};

/** Small tables that say what the others mean; read whatever was asked for. */
const ALWAYS: readonly TableName[] = ['strings', 'status', 'devices'];

/** Reads one process's trace from wherever its files are. */
export async function readTraceFiles(files: TraceFiles, options: ReadOptions = {}): Promise<Trace> {
  const reader = new TraceReader(options);
  // All at once: while one table is converted, the bytes of the next are being read or inflated.
  await Promise.all([...files.tables].map(([name, file]) => reader.read(name, file)));
  const notices: TraceNotice[] = [];
  const run = await readRunFile(files.runFile, notices);
  return reader.finish(files, run, notices);
}

/** Reads the tables of one process, in any order, and puts them together. */
export class TraceReader {
  readonly #options: ReadOptions;
  readonly #asked: readonly TableName[];
  readonly #timeBase = new TimeBase();
  readonly #tables = new Map<TableName, RawTable>();

  constructor(options: ReadOptions) {
    const { tables } = options;
    this.#options = options;
    this.#asked = (Object.keys(SCHEMA) as TableName[]).filter(
      (name) => tables === undefined || tables.includes(name) || ALWAYS.includes(name),
    );
  }

  /** @throws UserError if the file is not of this format, or of another version of it */
  async read(name: TableName, file: TableFile): Promise<void> {
    if (!this.#asked.includes(name)) return;
    this.#tables.set(name, await readTable(name, file, this.#timeBase, this.#options.columns?.[name]));
  }

  /**
   * The trace of the tables that were read. What is told about the files goes before `notices`.
   * @throws UserError if there is no GPU work
   */
  finish(files: TraceFiles, run: unknown, notices: readonly TraceNotice[]): Trace {
    const all: TraceNotice[] = [];
    for (const name of this.#asked) this.#checkColumns(name, files, all);
    all.push(...notices);
    const trace = assembleTrace(files, this.#tables, this.#asked, this.#timeBase.ns, all, run);
    if (this.#options.allowEmpty !== true && this.#asked.includes('ops')) this.#requireOps(trace, files);
    return trace;
  }

  #checkColumns(name: TableName, files: TraceFiles, notices: TraceNotice[]): void {
    const table = this.#tables.get(name);
    if (table === undefined || table.missing.length === 0) return;
    // A file cut inside its schema has no columns at all; the notice about the cut says it better.
    if (table.length === 0) return;
    const list = table.missing.join(', ');
    const essential = table.missing.filter((column) => ESSENTIAL[name]?.includes(column) === true);
    if (essential.length === 0) {
      notices.push({ table: name, message: `has no column ${list}; read as 0` });
    } else if (name === 'ops') {
      throw new UserError(`${files.tables.get(name)?.name} lacks the column ${essential.join(', ')}`, {
        hint: 'the file was not written in the trace format of docs/trace-format.md; record the trace again',
      });
    } else {
      notices.push({
        table: name,
        message: `left out, because it lacks the column ${essential.join(', ')}`,
        count: table.length,
      });
      this.#tables.delete(name);
    }
  }

  /** A trace without GPU work answers none of the questions; say what is there and why that may be. */
  #requireOps(trace: Trace, files: TraceFiles): void {
    if (trace.ops.length > 0) return;
    const capture = trace.status.get('capture');
    const because = capture !== undefined && capture !== 'on' ? ` (capture: ${capture})` : '';
    const hint =
      'run `gapscope doctor`, and check that the command used the GPU while it was being captured (--range, --delay)';
    const end = this.#tables.get('ops')?.end;
    const name = lastPart(files.path);
    if (!files.tables.has('ops')) {
      const found = [...files.tables.keys()].join(', ') || 'none';
      throw new UserError(`${name} has no table of GPU work, ops; found: ${found}${because}`, {
        hint: files.tables.size === 0 ? 'give a folder that `gapscope capture` wrote' : hint,
      });
    }
    const cut = end !== undefined && !end.complete ? ', because its file was cut before the first rows' : '';
    throw new UserError(`${name} holds no GPU work${cut}${because}`, { hint });
  }
}
