/**
 * What a trace is on disk: tables, columns and types of version 1. `docs/trace-format.md` says what each
 * column means; `native/capture/tables.h` writes them, and a test compares the two.
 */
export const TRACE_VERSION = 1;

/** Arrow types a column may have. `i64` columns named `startNs` are rebased to the trace's start on load. */
export type ColumnType = 'u8' | 'u16' | 'u32' | 'u64' | 'i64' | 'f64' | 'utf8';

export const SCHEMA = {
  ops: {
    startNs: 'i64',
    durationNs: 'i64',
    kind: 'u8',
    device: 'u8',
    context: 'u16',
    channel: 'u16',
    name: 'u32',
    stream: 'u32',
    correlation: 'u32',
    graph: 'u32',
    graphNode: 'u64',
    shape: 'u32',
  },
  shapes: {
    id: 'u32',
    gridX: 'u32',
    gridY: 'u32',
    gridZ: 'u32',
    blockX: 'u32',
    blockY: 'u32',
    blockZ: 'u32',
    clusterX: 'u32',
    clusterY: 'u32',
    clusterZ: 'u32',
    registers: 'u32',
    sharedStatic: 'u32',
    sharedDynamic: 'u32',
    sharedExecuted: 'u32',
    bytes: 'i64',
    copyKind: 'u8',
    srcKind: 'u8',
    dstKind: 'u8',
  },
  calls: {
    startNs: 'i64',
    durationNs: 'i64',
    name: 'u32',
    thread: 'u32',
    correlation: 'u32',
    result: 'u16',
  },
  ranges: {
    startNs: 'i64',
    durationNs: 'i64',
    id: 'u32',
    name: 'u32',
    domain: 'u32',
    thread: 'u32',
    kind: 'u8',
    depth: 'u16',
    parent: 'u32',
  },
  syncs: {
    startNs: 'i64',
    durationNs: 'i64',
    kind: 'u8',
    context: 'u32',
    stream: 'u32',
    event: 'u32',
    syncId: 'u32',
    correlation: 'u32',
    result: 'u16',
  },
  events: { context: 'u32', stream: 'u32', event: 'u32', syncId: 'u32', correlation: 'u32' },
  overheads: { startNs: 'i64', durationNs: 'i64', kind: 'u8', thread: 'u32', correlation: 'u32' },
  graphNodes: {
    startNs: 'i64',
    node: 'u64',
    original: 'u64',
    graph: 'u32',
    originalGraph: 'u32',
    type: 'u8',
    thread: 'u32',
    stack: 'u32',
  },
  graphExecs: { startNs: 'i64', exec: 'u32', graph: 'u32', event: 'u8' },
  rangeStacks: { id: 'u32', parent: 'u32', name: 'u32', domain: 'u32' },
  strings: { id: 'u32', text: 'utf8' },
  threads: { id: 'u32', name: 'u32' },
  clock: { realtimeNs: 'i64', monotonicNs: 'i64', monotonicRawNs: 'i64', tsc: 'i64', bracketNs: 'i64' },
  status: { startNs: 'i64', key: 'utf8', value: 'utf8' },
  devices: { id: 'u8', key: 'utf8', number: 'f64', text: 'utf8' },
} as const satisfies Record<string, Record<string, ColumnType>>;

export type TableName = keyof typeof SCHEMA;

/** Columns that hold points in time: int64 of `CLOCK_REALTIME` on disk, relative to the trace's start in memory. */
export const TIME_COLUMNS: ReadonlySet<string> = new Set(['startNs', 'realtimeNs']);

type ArrayOf<T extends ColumnType> = T extends 'u8'
  ? Uint8Array
  : T extends 'u16'
    ? Uint16Array
    : T extends 'u32'
      ? Uint32Array
      : T extends 'utf8'
        ? string[]
        : Float64Array;

/** A table in memory: a struct of arrays. i64 and u64 become Float64Array; exact below 2^53. */
export type Table<N extends TableName> = { readonly length: number } & {
  readonly [C in keyof (typeof SCHEMA)[N]]: (typeof SCHEMA)[N][C] extends ColumnType
    ? ArrayOf<(typeof SCHEMA)[N][C]>
    : never;
};

/** `ops.kind` */
export const OP_KIND = { kernel: 0, memcpy: 1, memset: 2, graph: 3 } as const;
/** `ranges.kind` */
export const RANGE_KIND = { pushPop: 0, startEnd: 1, mark: 2 } as const;
/** `syncs.kind` */
export const SYNC_KIND = { event: 1, streamWaitEvent: 2, stream: 3, context: 4 } as const;
/** `overheads.kind` */
export const OVERHEAD_KIND = {
  unknown: 0,
  driverCompiler: 1,
  profilerFlush: 2,
  profilerInstrumentation: 3,
  profilerResource: 4,
  moduleLoading: 5,
  lazyFunctionLoading: 6,
  commandBufferFull: 7,
  profilerBufferRequest: 8,
  unifiedMemory: 9,
} as const;
