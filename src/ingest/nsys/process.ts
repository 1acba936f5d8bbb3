import { GrowingColumns } from '../growing-columns.js';
import { ShapeTable } from '../shape-table.js';

const TIMES = { startNs: 'f64', durationNs: 'f64' } as const;

/** The tables of one process while the file is being read; columns as in `src/trace/schema.ts`. */
export class NsysProcess {
  readonly key: number;
  readonly ops = new GrowingColumns({
    ...TIMES,
    kind: 'u8',
    device: 'u8',
    context: 'u16',
    name: 'u32',
    stream: 'u32',
    correlation: 'u32',
    graph: 'u32',
    graphNode: 'f64',
    shape: 'u32',
  });
  readonly shapes = new ShapeTable();
  readonly calls = new GrowingColumns({
    ...TIMES,
    name: 'u32',
    thread: 'u32',
    correlation: 'u32',
    result: 'u16',
  });
  readonly ranges = new GrowingColumns({ ...TIMES, name: 'u32', domain: 'u32', thread: 'u32', kind: 'u8' });
  readonly syncs = new GrowingColumns({
    ...TIMES,
    kind: 'u8',
    context: 'u32',
    stream: 'u32',
    event: 'u32',
    syncId: 'u32',
    correlation: 'u32',
  });
  readonly events = new GrowingColumns({
    context: 'u32',
    stream: 'u32',
    event: 'u32',
    syncId: 'u32',
    correlation: 'u32',
  });
  readonly overheads = new GrowingColumns({ ...TIMES, kind: 'u8', thread: 'u32', correlation: 'u32' });
  readonly graphNodes = new GrowingColumns({
    startNs: 'f64',
    node: 'f64',
    original: 'f64',
    graph: 'u32',
    originalGraph: 'u32',
    type: 'u8',
    thread: 'u32',
  });
  readonly graphExecs = new GrowingColumns({ startNs: 'f64', exec: 'u32', graph: 'u32', event: 'u8' });
  readonly threads = new GrowingColumns({ id: 'u32', name: 'u32' });

  constructor(key: number) {
    this.key = key;
  }

  /** The id that the system gave it; in another container or virtual machine another process may have the same. */
  get pid(): number {
    return this.key % 2 ** 24;
  }
}

/**
 * A global id packs machine (16 bits), process (24) and thread (24). The upper 40 bits are the process: they fit a
 * float64, the whole does not.
 */
export function processSql(column: string): string {
  return `(${column} >> 24) & 0xffffffffff`;
}

export function threadSql(column: string): string {
  return `${column} & 0xffffff`;
}
