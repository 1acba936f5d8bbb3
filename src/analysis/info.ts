import { OP_KIND, RANGE_KIND } from '../trace/schema.js';
import type { Trace, TraceNotice } from '../trace/trace.js';
import { parseRunFile, type RunFile } from './run-file.js';

/** What is in one process's trace, and what is not. */
export interface InfoResult {
  readonly name: string;
  readonly path: string;
  readonly pid: number;
  readonly command: string | undefined;
  /** The tool that recorded it, where that is another. */
  readonly source: string | undefined;
  readonly devices: readonly { readonly id: number; readonly name: string; readonly ops: number }[];
  readonly versions: {
    readonly library?: string;
    readonly driver?: string;
    readonly cupti?: string;
    readonly cuptiPath?: string;
  };
  /** CLOCK_REALTIME of the first record, ISO 8601; undefined where the recorder did not say. */
  readonly startedAt: string | undefined;
  /** First record to the end of the last. */
  readonly spanNs: number;
  /** First op's start to the last op's end. */
  readonly gpuSpanNs: number;
  readonly ops: {
    readonly total: number;
    readonly kernel: number;
    readonly memcpy: number;
    readonly memset: number;
    readonly graph: number;
    /** Ops of any kind that ran inside a graph replay. */
    readonly inGraphs: number;
  };
  readonly kernelNames: number;
  readonly streams: number;
  readonly calls: number;
  readonly threads: number;
  readonly ranges: { readonly total: number; readonly marks: number; readonly open: number };
  readonly graphs: number;
  /** What was lost while recording; undefined where the recorder did not say. */
  readonly lost: {
    readonly dropped: number | undefined;
    readonly zeroTimestamps: number | undefined;
    readonly unknownRecords: number | undefined;
    readonly droppedUnwritten: number | undefined;
  };
  /** `on`, or why nothing or not everything was recorded. */
  readonly capture: string | undefined;
  readonly foreignBuffers: boolean;
  readonly cleanExit: boolean;
  readonly bytesOnDisk: number;
  readonly config: Readonly<Record<string, string>>;
  readonly run: RunFile | undefined;
  readonly notices: readonly TraceNotice[];
}

export function summarize(trace: Trace): InfoResult {
  const { status } = trace;
  const { file, problem } = parseRunFile(trace.run);
  const ops = countOps(trace);
  const version = (key: string): Record<string, string> => {
    const value = status.get(key);
    return value === undefined ? {} : { [key]: value };
  };
  return {
    name: trace.name,
    path: trace.path,
    pid: trace.pid,
    command: status.get('command') ?? commandText(file),
    source: status.get('source'),
    devices: trace.devices.map(({ id, name }) => ({ id, name, ops: ops.byDevice[id]! })),
    versions: { ...version('library'), ...version('driver'), ...version('cupti'), ...version('cuptiPath') },
    startedAt: startOf(trace.baseNs),
    spanNs: trace.endNs,
    gpuSpanNs: ops.spanNs,
    ops: ops.byKind,
    kernelNames: ops.kernelNames,
    streams: ops.streams,
    calls: trace.calls.length,
    threads: distinct(trace.calls.thread, trace.calls.length),
    ranges: countRanges(trace),
    graphs: ops.graphs,
    lost: {
      dropped: numberOf(status.get('dropped')),
      zeroTimestamps: numberOf(status.get('zeroTimestamps')),
      unknownRecords: numberOf(status.get('unknownRecords')),
      droppedUnwritten: numberOf(status.get('droppedUnwritten')),
    },
    capture: status.get('capture'),
    foreignBuffers: status.get('buffersForeign') === '1',
    cleanExit: status.get('exit') === 'clean',
    bytesOnDisk: trace.bytesOnDisk,
    config: Object.fromEntries(
      [...status].filter(([key]) => key.startsWith('config.')).map(([key, value]) => [key.slice(7), value]),
    ),
    run: file,
    notices:
      problem === undefined ? trace.notices : [...trace.notices, { table: 'run.json', message: problem }],
  };
}

/** A date must lie in the years that ISO 8601 writes with four digits. */
const MAX_DATE_NS = 253_402_300_800_000_000_000n;

function startOf(baseNs: bigint): string | undefined {
  if (baseNs <= 0n || baseNs >= MAX_DATE_NS) return undefined;
  return new Date(Number(baseNs / 1_000_000n)).toISOString();
}

function countOps(trace: Trace): {
  byKind: InfoResult['ops'];
  byDevice: Float64Array;
  kernelNames: number;
  streams: number;
  graphs: number;
  spanNs: number;
} {
  const { length, kind, device, name, stream, graph, startNs, durationNs } = trace.ops;
  const kinds = new Float64Array(256);
  const byDevice = new Float64Array(256);
  const named = new Uint8Array(trace.strings.length);
  let kernelNames = 0;
  let inGraphs = 0;
  let last = 0;
  for (let i = 0; i < length; i++) {
    kinds[kind[i]!]!++;
    byDevice[device[i]!]!++;
    if (graph[i] !== 0) inGraphs++;
    if (kind[i] === OP_KIND.kernel && named[name[i]!] === 0) {
      named[name[i]!] = 1;
      kernelNames++;
    }
    const end = startNs[i]! + durationNs[i]!;
    if (end > last) last = end;
  }
  return {
    byKind: {
      total: length,
      kernel: kinds[OP_KIND.kernel]!,
      memcpy: kinds[OP_KIND.memcpy]!,
      memset: kinds[OP_KIND.memset]!,
      graph: kinds[OP_KIND.graph]!,
      inGraphs,
    },
    byDevice,
    kernelNames,
    streams: distinct(stream, length),
    graphs: distinct(graph, length, 0),
    spanNs: length === 0 ? 0 : last - startNs[0]!,
  };
}

function countRanges({ ranges, openRanges }: Trace): InfoResult['ranges'] {
  let marks = 0;
  for (let i = 0; i < ranges.length; i++) if (ranges.kind[i] === RANGE_KIND.mark) marks++;
  return { total: ranges.length - marks, marks, open: openRanges.length };
}

/** How many different values, other than `except`; a run of one value costs one look-up. */
function distinct(values: Uint32Array, length: number, except?: number): number {
  const seen = new Set<number>();
  let last = -1;
  for (let i = 0; i < length; i++) {
    if (values[i] === last) continue;
    last = values[i]!;
    if (last !== except) seen.add(last);
  }
  return seen.size;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function commandText(file: RunFile | undefined): string | undefined {
  return Array.isArray(file?.command) ? file.command.join(' ') : file?.command;
}
