import { RANGE_KIND } from '../../trace/schema.js';
import { sortOrder } from '../../trace/sort.js';

/** Name of the ranges that are made between recordings of CUDA events; a number follows. */
export const EVENT_SPAN = 'between_cuda_events_';
/** A program that records more events does so for its allocator or its buckets, not to time its steps. */
const MAX_RECORDINGS = 4096;
const RECORD = /^(?:cuda|cu|hip)EventRecord/;

interface CallColumns {
  readonly startNs: Float64Array;
  readonly durationNs: Float64Array;
  readonly name: Uint32Array;
  readonly thread: Uint32Array;
  readonly correlation: Uint32Array;
}

export interface EventSpan {
  readonly startNs: number;
  readonly durationNs: number;
  readonly thread: number;
  readonly kind: number;
}

/**
 * In a file without a single range (the profiler was told to record the GPU only): what each thread launched
 * between two recordings of CUDA events that follow each other, as a range. A program that times its steps with
 * events is cut into its steps that way. Spans in which nothing was launched are none. Empty where there are too
 * many events for that.
 */
export function eventSpans(
  calls: CallColumns,
  opCorrelations: Uint32Array,
  textOf: (name: number) => string,
): EventSpan[] {
  const isRecord = new Map<number, boolean>();
  const recordings = new Map<number, number>();
  const records = (row: number): boolean => {
    const name = calls.name[row]!;
    let known = isRecord.get(name);
    if (known === undefined) isRecord.set(name, (known = RECORD.test(textOf(name))));
    return known;
  };
  for (let row = 0; row < calls.startNs.length; row++) {
    if (!records(row)) continue;
    const thread = calls.thread[row]!;
    const count = (recordings.get(thread) ?? 0) + 1;
    if (count > MAX_RECORDINGS) return [];
    recordings.set(thread, count);
  }
  if (recordings.size === 0) return [];

  const launched = new Set<number>(opCorrelations);
  launched.delete(0);
  const order = sortOrder(calls.startNs);
  /** Thread → the recording before, and whether anything was launched since. */
  const since = new Map<number, { startNs: number; launches: boolean }>();
  const spans: EventSpan[] = [];
  for (let i = 0; i < calls.startNs.length; i++) {
    const row = order?.[i] ?? i;
    const thread = calls.thread[row]!;
    const state = since.get(thread);
    if (!records(row)) {
      if (state !== undefined && launched.has(calls.correlation[row]!)) state.launches = true;
      continue;
    }
    const endNs = calls.startNs[row]! + calls.durationNs[row]!;
    if (state?.launches === true) {
      const { startNs } = state;
      spans.push({ startNs, durationNs: calls.startNs[row]! - startNs, thread, kind: RANGE_KIND.pushPop });
    }
    since.set(thread, { startNs: endNs, launches: false });
  }
  return spans;
}
