import { findGaps, gapsFrom, type DeviceGaps, type Interval } from '../analysis/busy.js';
import { CAUSES, mainCause } from '../analysis/causes.js';
import { GapSplitter } from '../analysis/gap-split.js';
import { visitIdle } from '../analysis/idle-pieces.js';
import { callsByCorrelation } from '../analysis/launch.js';
import { deviceSpan } from '../analysis/window.js';
import { OP_KIND, RANGE_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import { microseconds } from './microseconds.js';
import { outstandingOps } from './outstanding-ops.js';
import { overheadName, syncName } from './perfetto-names.js';
import { SpareRows } from './spare-rows.js';

/** Thread numbers of tracks that are no thread and no stream; real ones are far below. */
const GAP_TRACK = 2 ** 31 - 2;
const OVERLAP_TRACKS = 2 ** 30;
const ROWS_A_STREAM = 64;
/** A long trace has millions of gaps, and their lines are not held at once. */
const GAPS_AT_ONCE = 4096;

const OP_CATEGORY = {
  [OP_KIND.kernel]: 'kernel',
  [OP_KIND.memcpy]: 'gpu_memcpy',
  [OP_KIND.memset]: 'gpu_memset',
  [OP_KIND.graph]: 'gpu_graph',
} as const;

/**
 * A trace in the Chrome trace format, as the PyTorch profiler writes it, in pieces: ops, calls, ranges, waits and
 * overheads, an arrow from each launch to its op, a track of gaps by main cause and a counter of outstanding ops a
 * device. Times are microseconds with all their nanoseconds; `baseTimeNanoseconds` is the trace's start.
 *
 * Not in the format, and so not in the file: the ranges in which a graph was captured, and clock anchors.
 */
export function* perfettoJson(trace: Trace): Generator<string> {
  yield `{"displayTimeUnit":"ns","baseTimeNanoseconds":${trace.baseNs},"traceName":${quote(trace.name)},`;
  yield `"deviceProperties":${JSON.stringify(deviceProperties(trace))},"traceEvents":[\n`;
  yield* separated(allEvents(trace));
  yield '\n]}\n';
}

/** Events put together to pieces of about this many characters. */
const PIECE = 1 << 16;

function* separated(events: Iterable<string>): Generator<string> {
  let piece = '';
  let first = true;
  for (const event of events) {
    piece += first ? event : `,\n${event}`;
    first = false;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function* allEvents(trace: Trace): Generator<string> {
  const splitter = new GapSplitter(trace);
  const devices = new Set(trace.ops.device);
  yield* metadata(trace, devices);
  yield* opEvents(trace);
  yield* callEvents(trace);
  yield* rangeEvents(trace);
  yield* syncEvents(trace);
  yield* overheadEvents(trace);
  yield* flows(trace, splitter.launch);
  for (const device of [...devices].sort((a, b) => a - b)) {
    yield* gapEvents(trace, splitter, device);
    for (const [timeNs, count] of outstandingOps(trace, splitter.launch, device)) {
      yield `{"ph":"C","name":"ops outstanding","pid":${device},"ts":${microseconds(timeNs)},"args":{"ops":${count}}}`;
    }
  }
}

function deviceProperties({ devices }: Trace): object[] {
  const names: readonly (readonly [field: string, limit: string])[] = [
    ['totalGlobalMem', 'memoryBytes'],
    ['computeMajor', 'computeMajor'],
    ['computeMinor', 'computeMinor'],
    ['maxThreadsPerBlock', 'maxThreadsPerBlock'],
    ['regsPerBlock', 'maxRegistersPerBlock'],
    ['warpSize', 'warpSize'],
    ['sharedMemPerBlockOptin', 'maxSharedPerBlock'],
    ['numSms', 'sms'],
    ['regsPerMultiprocessor', 'maxRegistersPerSm'],
    ['sharedMemPerMultiprocessor', 'maxSharedPerSm'],
  ];
  return devices.map(({ id, name, limits }) => {
    const warps = limits.get('maxWarpsPerSm');
    const warpSize = limits.get('warpSize');
    return {
      id,
      name,
      ...Object.fromEntries(
        names.flatMap(([field, limit]) => (limits.has(limit) ? [[field, limits.get(limit)]] : [])),
      ),
      ...(warps === undefined || warpSize === undefined
        ? {}
        : { maxThreadsPerMultiprocessor: warps * warpSize }),
    };
  });
}

function* metadata(trace: Trace, devices: ReadonlySet<number>): Generator<string> {
  const { pid, threads, strings } = trace;
  const named = (what: string, at: string, name: string): string =>
    `{"ph":"M","name":"${what}",${at},"args":{"name":${quote(name)}}}`;
  yield named('process_name', `"pid":${pid}`, `host (process ${pid})`);
  for (const device of devices) {
    const name = trace.devices.find(({ id }) => id === device)?.name ?? 'GPU';
    yield named('process_name', `"pid":${device}`, `GPU ${device}: ${name}`);
    yield `{"ph":"M","name":"process_sort_index","pid":${device},"args":{"sort_index":${-1000 + device}}}`;
    yield named('thread_name', `"pid":${device},"tid":${GAP_TRACK}`, 'idle, by cause');
  }
  for (let t = 0; t < threads.length; t++) {
    const name = strings[threads.name[t]!] ?? '';
    if (name !== '') yield named('thread_name', `"pid":${pid},"tid":${threads.id[t]}`, name);
  }
}

function* opEvents(trace: Trace): Generator<string> {
  const { ops, shapes, shapeRow, strings } = trace;
  const rows = new Map<string, SpareRows>();
  const named = new Set<string>();
  for (let i = 0; i < ops.length; i++) {
    const device = ops.device[i]!;
    const stream = ops.stream[i]!;
    const lengthNs = Math.max(0, ops.durationNs[i]!);
    const key = `${device}/${stream}`;
    let spare = rows.get(key);
    if (spare === undefined) rows.set(key, (spare = new SpareRows()));
    const row = spare.place(ops.startNs[i]!, ops.startNs[i]! + lengthNs);
    const tid = row === 0 ? stream : OVERLAP_TRACKS + (stream % 2 ** 20) * ROWS_A_STREAM + row;
    const name = row === 0 ? `stream ${stream}` : `stream ${stream} (overlapping)`;
    if (!named.has(`${device}/${tid}`)) {
      named.add(`${device}/${tid}`);
      yield `{"ph":"M","name":"thread_name","pid":${device},"tid":${tid},"args":{"name":"${name}"}}`;
    }
    const shape = shapeRow[ops.shape[i]!] ?? -1;
    yield (
      `{"ph":"X","cat":"${OP_CATEGORY[ops.kind[i] as 0] ?? 'kernel'}","name":${nameOf(strings, ops.name[i]!)},` +
      `"pid":${device},"tid":${tid},"ts":${microseconds(ops.startNs[i]!)},"dur":${microseconds(lengthNs)},` +
      `"args":{"device":${device},"context":${ops.context[i]},"stream":${stream},"correlation":${ops.correlation[i]}` +
      (ops.channel[i] === 0 ? '' : `,"channel":${ops.channel[i]}`) +
      (ops.graph[i] === 0 ? '' : `,"graph id":${ops.graph[i]}`) +
      (ops.graphNode[i] === 0 ? '' : `,"graph node id":${ops.graphNode[i]}`) +
      (shape < 0 ? '' : shapeArgs(shapes, shape, ops.kind[i] === OP_KIND.kernel)) +
      '}}'
    );
  }
}

function shapeArgs(shapes: Trace['shapes'], row: number, isKernel: boolean): string {
  if (!isKernel) {
    return (
      `,"bytes":${shapes.bytes[row]},"copy kind":${shapes.copyKind[row]}` +
      `,"source kind":${shapes.srcKind[row]},"destination kind":${shapes.dstKind[row]}`
    );
  }
  const shared = shapes.sharedStatic[row]! + shapes.sharedDynamic[row]!;
  return (
    `,"grid":[${shapes.gridX[row]},${shapes.gridY[row]},${shapes.gridZ[row]}]` +
    `,"block":[${shapes.blockX[row]},${shapes.blockY[row]},${shapes.blockZ[row]}]` +
    (shapes.clusterX[row] === 0
      ? ''
      : `,"cluster":[${shapes.clusterX[row]},${shapes.clusterY[row]},${shapes.clusterZ[row]}]`) +
    `,"registers per thread":${shapes.registers[row]},"shared memory":${shared}` +
    `,"static shared memory":${shapes.sharedStatic[row]},"dynamic shared memory":${shapes.sharedDynamic[row]}` +
    `,"executed shared memory":${shapes.sharedExecuted[row]}`
  );
}

function* callEvents({ calls, strings, pid }: Trace): Generator<string> {
  for (let i = 0; i < calls.length; i++) {
    const name = strings[calls.name[i]!] ?? '';
    const category = /^cu[A-Z]/.test(name) ? 'cuda_driver' : 'cuda_runtime';
    yield (
      `{"ph":"X","cat":"${category}","name":${quote(name)},"pid":${pid},"tid":${calls.thread[i]},` +
      `"ts":${microseconds(calls.startNs[i]!)},"dur":${microseconds(Math.max(0, calls.durationNs[i]!))},` +
      `"args":{"correlation":${calls.correlation[i]}${calls.result[i] === 0 ? '' : `,"result":${calls.result[i]}`}}}`
    );
  }
}

function* rangeEvents(trace: Trace): Generator<string> {
  const { ranges, strings, pid } = trace;
  const open = new Set(trace.openRanges);
  for (let i = 0; i < ranges.length; i++) {
    const domain = strings[ranges.domain[i]!] ?? '';
    const event =
      `"cat":"user_annotation","name":${nameOf(strings, ranges.name[i]!)},"pid":${pid},"tid":${ranges.thread[i]},` +
      `"args":{${domain === '' ? '' : `"domain":${quote(domain)}`}}`;
    const startNs = ranges.startNs[i]!;
    const ts = `"ts":${microseconds(startNs)}`;
    const end = `"ts":${microseconds(startNs + Math.max(0, ranges.durationNs[i]!))}`;
    switch (ranges.kind[i]) {
      case RANGE_KIND.mark:
        yield `{"ph":"i","s":"t",${event},${ts}}`;
        break;
      case RANGE_KIND.startEnd:
        // They overlap freely, which events of a thread's track must not.
        yield `{"ph":"b","id":${i + 1},${event},${ts}}`;
        if (!open.has(i)) yield `{"ph":"e","id":${i + 1},${event},${end}}`;
        break;
      default:
        if (open.has(i)) yield `{"ph":"B",${event},${ts}}`;
        else yield `{"ph":"X",${event},${ts},"dur":${microseconds(Math.max(0, ranges.durationNs[i]!))}}`;
    }
  }
}

/** Waits lie in the call that waited; on the stream's own track they would be taken for work. */
function* syncEvents(trace: Trace): Generator<string> {
  const { syncs, events, calls, pid } = trace;
  if (syncs.length === 0) return;
  const lookup = callsByCorrelation(trace);
  const recording = new Map<string, number>();
  for (let e = 0; e < events.length; e++) recording.set(`${events.event[e]}/${events.syncId[e]}`, e);
  for (let i = 0; i < syncs.length; i++) {
    const call = lookup.get(syncs.correlation[i]!);
    const recorded = recording.get(`${syncs.event[i]}/${syncs.syncId[i]}`);
    const waited =
      recorded === undefined
        ? ''
        : `,"wait_on_stream":${events.stream[recorded]},"wait_on_cuda_event_id":${events.event[recorded]}` +
          `,"wait_on_cuda_event_record_corr_id":${events.correlation[recorded]}`;
    yield (
      `{"ph":"X","cat":"cuda_sync","name":"${syncName(syncs.kind[i]!)}","pid":${pid},` +
      `"tid":${call < 0 ? 0 : calls.thread[call]},"ts":${microseconds(syncs.startNs[i]!)},` +
      `"dur":${microseconds(Math.max(0, syncs.durationNs[i]!))},"args":{"cuda_sync_kind":"${syncName(syncs.kind[i]!)}",` +
      `"context":${syncs.context[i]},"stream":${syncs.stream[i]},"correlation":${syncs.correlation[i]}${waited}}}`
    );
  }
}

function* overheadEvents({ overheads, pid }: Trace): Generator<string> {
  for (let i = 0; i < overheads.length; i++) {
    yield (
      `{"ph":"X","cat":"overhead","name":"${overheadName(overheads.kind[i]!)}","pid":${pid},` +
      `"tid":${overheads.thread[i]},"ts":${microseconds(overheads.startNs[i]!)},` +
      `"dur":${microseconds(Math.max(0, overheads.durationNs[i]!))},"args":{"correlation":${overheads.correlation[i]}}}`
    );
  }
}

/** One arrow an op, from the start of its launch. */
function* flows({ ops, calls, pid }: Trace, launch: Int32Array): Generator<string> {
  const begun = new Uint8Array(calls.length);
  for (let i = 0; i < ops.length; i++) {
    const call = launch[i]!;
    if (call < 0) continue;
    const common = `"cat":"ac2g","name":"ac2g","id":${ops.correlation[i]}`;
    if (begun[call] === 0) {
      begun[call] = 1;
      yield `{"ph":"s",${common},"pid":${pid},"tid":${calls.thread[call]},"ts":${microseconds(calls.startNs[call]!)}}`;
    }
    yield `{"ph":"f","bp":"e",${common},"pid":${ops.device[i]},"tid":${ops.stream[i]},"ts":${microseconds(ops.startNs[i]!)}}`;
  }
}

/** Gaps between a device's first op and its last; parts sum to each gap. */
function* gapEvents(trace: Trace, splitter: GapSplitter, device: number): Generator<string> {
  const span = deviceSpan(trace, device);
  if (span === undefined) return;
  const gaps = findGaps(trace, device, span);
  for (let from = 0; from < gaps.length; from += GAPS_AT_ONCE) {
    yield* gapLines(splitter, gapsFrom(gaps, from, from + GAPS_AT_ONCE), span, device);
  }
}

function gapLines(splitter: GapSplitter, gaps: DeviceGaps, span: Interval, device: number): string[] {
  const lines: string[] = [];
  visitIdle(splitter, gaps, [span], ({ startNs, durationNs, whole, parts }) => {
    const cause = CAUSES[whole >= 0 ? whole : mainCause(parts)]!;
    const split =
      whole >= 0
        ? `"${cause}":${durationNs}`
        : CAUSES.flatMap((name, c) => (parts[c]! > 0 ? [`"${name}":${parts[c]}`] : [])).join(',');
    lines.push(
      `{"ph":"X","cat":"gap","name":"${cause}","pid":${device},"tid":${GAP_TRACK},"ts":${microseconds(startNs)},` +
        `"dur":${microseconds(durationNs)},"args":{"ns by cause":{${split}}}}`,
    );
  });
  return lines;
}

function nameOf(strings: readonly string[], id: number): string {
  return quote(strings[id] ?? `?${id}`);
}

const quoted = new Map<string, string>();

/** JSON of a text. Names repeat by the hundred thousand, so each is escaped once. */
function quote(text: string): string {
  let known = quoted.get(text);
  if (known === undefined) {
    if (quoted.size > 100_000) quoted.clear();
    quoted.set(text, (known = JSON.stringify(text)));
  }
  return known;
}
