import { SCHEMA, type ColumnType, type Table, type TableName } from '../../../src/trace/schema.js';
import type { Trace } from '../../../src/trace/trace.js';

/** Rows as tests write them: `[start, end)` in ns, names as text, everything else by its column, 0 if left out. */
export interface OpRow {
  start: number;
  end: number;
  name?: string;
  kind?: number;
  device?: number;
  context?: number;
  stream?: number;
  correlation?: number;
  graph?: number;
  graphNode?: number;
  shape?: number;
}
export interface CallRow {
  start: number;
  end: number;
  name?: string;
  thread?: number;
  correlation?: number;
}
export interface RangeRow {
  start: number;
  end: number;
  name: string;
  thread?: number;
  kind?: number;
}
export interface SyncRow {
  start: number;
  end: number;
  kind: number;
  context?: number;
  stream?: number;
  event?: number;
  syncId?: number;
  correlation?: number;
}
export interface EventRow {
  context?: number;
  stream?: number;
  event?: number;
  syncId?: number;
  correlation?: number;
}
export interface OverheadRow {
  start: number;
  end: number;
  kind: number;
  thread?: number;
  correlation?: number;
}
export interface TraceRows {
  ops?: OpRow[];
  shapes?: { id: number; srcKind?: number; dstKind?: number }[];
  calls?: CallRow[];
  ranges?: RangeRow[];
  syncs?: SyncRow[];
  events?: EventRow[];
  overheads?: OverheadRow[];
  graphNodes?: { start: number; node: number; original?: number; graph?: number; stack?: number }[];
  graphExecs?: { start: number; exec: number; graph: number; event?: number }[];
  rangeStacks?: { id: number; parent?: number; name: string }[];
}

type Row = Record<string, number | string | undefined>;

/** A trace in memory. Rows are sorted by start as the reader sorts them: stably. */
export function buildTrace(rows: TraceRows): Trace {
  const strings = [''];
  const ids = new Map([['', 0]]);
  const idOf = (text: string): number => {
    if (!ids.has(text)) ids.set(text, strings.push(text) - 1);
    return ids.get(text)!;
  };

  const table = <N extends TableName>(name: N, given: readonly object[] = []): Table<N> => {
    const list = sortedByStart(given as Row[]);
    const columns: Record<string, unknown> = { length: list.length };
    for (const [column, type] of Object.entries(SCHEMA[name]) as [string, ColumnType][]) {
      const values = list.map((row) => {
        if (column === 'startNs') return Number(row['start'] ?? 0);
        if (column === 'durationNs') return Number(row['end'] ?? 0) - Number(row['start'] ?? 0);
        const value = row[column] ?? (column === 'thread' ? 1 : 0);
        return typeof value === 'string' ? idOf(value) : value;
      });
      columns[column] = typed(type, values);
    }
    return columns as unknown as Table<N>;
  };

  const shapes = table('shapes', rows.shapes);
  const shapeRow = new Int32Array(Math.max(0, ...shapes.id) + 1).fill(-1);
  shapes.id.forEach((id, row) => (shapeRow[id] = row));
  const ends = [rows.ops, rows.calls, rows.ranges, rows.syncs, rows.overheads].flatMap((list) =>
    (list ?? []).map((row) => Math.max(row.start, row.end)),
  );
  return {
    name: 'test',
    path: '/test.trace',
    bytesOnDisk: 0,
    pid: 7,
    baseNs: 0n,
    endNs: Math.max(0, ...ends),
    ops: table('ops', rows.ops),
    shapes,
    calls: table('calls', rows.calls),
    ranges: table('ranges', rows.ranges),
    syncs: table('syncs', rows.syncs),
    events: table('events', rows.events),
    overheads: table('overheads', rows.overheads),
    graphNodes: table('graphNodes', rows.graphNodes),
    graphExecs: table('graphExecs', rows.graphExecs),
    rangeStacks: table('rangeStacks', rows.rangeStacks),
    threads: table('threads'),
    clock: table('clock'),
    strings,
    shapeRow,
    openRanges: [],
    devices: [],
    status: new Map(),
    notices: [],
  };
}

/** The order that the reader leaves rows in. */
export function sortedByStart<R extends object>(rows: readonly R[]): R[] {
  return rows.toSorted((a, b) => ((a as Row)['start'] as number) - ((b as Row)['start'] as number) || 0);
}

function typed(type: ColumnType, values: number[]): unknown {
  switch (type) {
    case 'u8':
      return Uint8Array.from(values);
    case 'u16':
      return Uint16Array.from(values);
    case 'u32':
      return Uint32Array.from(values);
    case 'i64':
    case 'u64':
    case 'f64':
      return Float64Array.from(values);
    case 'utf8':
      return values.map(String);
  }
}
