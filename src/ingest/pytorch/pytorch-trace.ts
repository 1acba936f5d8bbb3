import { buildTrace, type TraceParts } from '../../trace/build-trace.js';
import type { Trace, TraceNotice } from '../../trace/trace.js';
import { placeOverheads } from './calling-thread.js';
import { devicesOf } from './device-limits.js';
import { EVENT_SPAN, eventSpans } from './event-spans.js';
import type { EventTables } from './event-tables.js';
import { isRocmFile, originNs, statusOf, type Headers } from './file-headers.js';
import { fillShapes } from './fill-shapes.js';
import { inferGraphs, noticeGraphs } from './graph-ops.js';
import { impossibleOps } from './impossible-ops.js';
import { namesInUse } from './names-in-use.js';
import { keptRanges } from './outermost-ops.js';
import { originOf, startsFrom } from './time-origin.js';

/** What the file is, and what stands beside its events. */
export interface FileFacts {
  readonly name: string;
  readonly path: string;
  readonly bytesOnDisk: number;
  readonly headers: Headers;
  /** Whether the document came to its end. */
  readonly complete: boolean;
  readonly notices: readonly TraceNotice[];
}

type NumberColumns = Record<string, Float64Array | Uint8Array | Uint16Array | Uint32Array>;

/** The trace of all events that were read. */
export function pytorchTrace(tables: EventTables, facts: FileFacts): Trace {
  const notices: TraceNotice[] = [...facts.notices];
  const originUs = originOf(tables);
  const timed = <C extends { us: Float64Array; ns: Uint16Array; durationNs: Float64Array }>(table: {
    finish: () => C;
  }): Omit<C, 'us' | 'ns'> & { startNs: Float64Array } => {
    const { us, ns, ...rest } = table.finish();
    const { startNs, far } = startsFrom({ us, ns }, originUs);
    tables.leftOut.count('far', far);
    const columns = { ...rest, startNs };
    if (far === 0) return columns;
    return rowsWhere(columns, (row) => !Number.isNaN(startNs[row]!));
  };

  const ops = timed(tables.ops);
  const calls = timed(tables.calls);
  const overheads = timed(tables.overheads);
  const syncs = timed(tables.syncs);
  const everyRange = timed(tables.ranges);
  const keep = keptRanges(everyRange);
  const ranges = keep.includes(0) ? rowsWhere(everyRange, (row) => keep[row] === 1) : everyRange;
  tables.leftOut.count('nested-op', everyRange.startNs.length - ranges.startNs.length);

  const callNames = tables.strings;
  const isRocm =
    isRocmFile(facts.headers) || anyName(calls.name, (name) => /^hip[A-Z]/.test(callNames.text(name)));
  placeOverheads(overheads, calls);
  fillShapes(tables, ops);
  noticeGraphs(inferGraphs(tables, ops, calls), notices);
  const spans = ranges.startNs.length > 0 ? [] : eventSpans(calls, ops.correlation, (n) => callNames.text(n));
  const ownRanges = spans.length > 0 ? rangesOf(tables, spans, notices) : ranges;
  noticeThreads(tables, calls.thread, notices);

  tables.finishCounts();
  notices.push(...tables.leftOut.notices());
  const { strings, renumber } = namesInUse(tables, [
    ops.name,
    calls.name,
    ownRanges.name,
    ownRanges.domain,
    Uint32Array.from(tables.threadNames, ({ name }) => name),
  ]);
  renumber(ops.name);
  renumber(calls.name);
  renumber(ownRanges.name);
  renumber(ownRanges.domain);

  const { category: _category, ...rangeColumns } = ownRanges as typeof ownRanges & { category?: Uint8Array };
  const used = new Set(ops.device);
  const devices = devicesOf(facts.headers.get('deviceProperties'), isRocm);
  const parts: TraceParts = {
    name: facts.name,
    path: facts.path,
    pid: processOf(tables, calls.thread),
    originNs: originNs(facts.headers.get('baseTimeNanoseconds'), originUs),
    bytesOnDisk: facts.bytesOnDisk,
    tables: {
      ops: withLength(ops),
      calls: withLength(calls),
      ranges: withLength(rangeColumns),
      syncs: withLength(syncs),
      events: { ...tables.events.finish(), length: tables.events.length },
      overheads: withLength(overheads),
      shapes: shapeColumns(tables),
      threads: threadTable(tables, renumber),
    },
    strings,
    // The profiler lists every GPU of the machine; those that did nothing only take up lines.
    devices: used.size === 0 ? devices : devices.filter(({ id }) => used.has(id)),
    status: statusOf(facts.headers, facts.complete),
    notices,
  };
  const trace = buildTrace(parts);
  const more = afterthoughts(trace, tables.ops.columns.ns.subarray(0, tables.ops.length));
  return more.length === 0 ? trace : { ...trace, notices: [...trace.notices, ...more] };
}

/** What is odd about the times as a whole. */
function afterthoughts(trace: Trace, opNs: Uint16Array): TraceNotice[] {
  const notices: TraceNotice[] = [];
  if (opNs.length > 0 && opNs.every((ns) => ns === 0)) {
    notices.push({
      table: 'times',
      message: 'are whole microseconds in this file: a gap shorter than that does not show',
    });
  }
  const impossible = impossibleOps(trace);
  if (impossible > 0) {
    notices.push({
      table: 'times',
      message: `${impossible} ops last beyond many later ones of their stream: their durations cannot be true, and busy time is too long there`,
      count: impossible,
    });
  }
  return notices;
}

function withLength<C extends { readonly startNs: Float64Array }>(columns: C): C & { length: number } {
  return { ...columns, length: columns.startNs.length };
}

/** The rows of columns of one length that `keep` holds for. */
function rowsWhere<C extends object>(columns: C, keep: (row: number) => boolean): C {
  return Object.fromEntries(
    Object.entries(columns as NumberColumns).map(([name, values]) => [
      name,
      values.filter((_, row) => keep(row)),
    ]),
  ) as C;
}

function anyName(names: Uint32Array, test: (name: number) => boolean): boolean {
  for (const name of new Set(names)) if (test(name)) return true;
  return false;
}

/** Correlation ids mean something in one process only. */
function noticeThreads({ threads }: EventTables, callThreads: Uint32Array, notices: TraceNotice[]): void {
  const calling = new Set(callThreads);
  const pids = new Set(
    threads
      .list()
      .filter(({ id }) => calling.has(id))
      .map(({ pid }) => pid),
  );
  if (pids.size < 2) return;
  notices.push({
    table: 'calls',
    message: `${pids.size} processes (${[...pids].slice(0, 4).join(', ')}) in one file: if they count their launches alike, ops are matched with the wrong one`,
    count: pids.size,
  });
}

function rangesOf(
  { strings }: EventTables,
  spans: ReturnType<typeof eventSpans>,
  notices: TraceNotice[],
): Record<'startNs' | 'durationNs', Float64Array> &
  Record<'name' | 'domain' | 'thread', Uint32Array> & { kind: Uint8Array } {
  const domain = strings.internText('cuda events');
  notices.push({
    table: 'ranges',
    message: `the file has none; ${spans.length} called '${EVENT_SPAN}#' stand for what was launched between recordings of CUDA events`,
    count: spans.length,
  });
  return {
    startNs: Float64Array.from(spans, ({ startNs }) => startNs),
    durationNs: Float64Array.from(spans, ({ durationNs }) => durationNs),
    name: Uint32Array.from(spans, (_, i) => strings.internText(`${EVENT_SPAN}${i}`)),
    domain: new Uint32Array(spans.length).fill(domain),
    thread: Uint32Array.from(spans, ({ thread }) => thread),
    kind: Uint8Array.from(spans, ({ kind }) => kind),
  };
}

/** The process that most calls came from. */
function processOf({ threads }: EventTables, callThreads: Uint32Array): number {
  const pidOf = new Map(threads.list().map(({ id, pid }) => [id, pid]));
  const counts = new Map<number, number>();
  for (const thread of callThreads.length > 0 ? callThreads : [...pidOf.keys()]) {
    const pid = pidOf.get(thread) ?? -1;
    if (pid > 0) counts.set(pid, (counts.get(pid) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

function shapeColumns({ shapes }: EventTables): NonNullable<TraceParts['tables']['shapes']> {
  const { bytes, copyKind, srcKind, dstKind, ...rest } = shapes.columns();
  const as32 = Object.fromEntries(
    Object.entries(rest).map(([name, values]) => [name, Uint32Array.from(values)]),
  );
  return {
    ...as32,
    id: Uint32Array.from({ length: shapes.length }, (_, shape) => shape),
    bytes,
    copyKind: Uint8Array.from(copyKind),
    srcKind: Uint8Array.from(srcKind),
    dstKind: Uint8Array.from(dstKind),
    length: shapes.length,
  };
}

/** Names of host threads; the profiler names streams by the same kind of event, and those are not threads. */
function threadTable(
  { threads, threadNames }: EventTables,
  renumber: (column: Uint32Array) => void,
): NonNullable<TraceParts['tables']['threads']> {
  const named = new Map<number, number>();
  for (const { pid, tid, pidText, tidText, name } of threadNames) {
    const thread = threads.find(pid, tid, pidText, tidText);
    if (thread !== undefined) named.set(thread.id, name);
  }
  const name = Uint32Array.from(named.values());
  renumber(name);
  return { id: Uint32Array.from(named.keys()), name, length: named.size };
}
