import { SYNC_KIND } from '../trace/schema.js';
import type { IndexIntoOps, Trace } from '../trace/trace.js';
import { DenseIds } from './dense-ids.js';
import type { IdLookup } from './id-lookup.js';
import { firstAtOrAfter } from './first-at-or-after.js';
import { firstAfter } from './segments.js';

/** What held an op back. */
export interface Dependency {
  /** CUPTI's id of the stream that was waited for. */
  readonly stream: number;
  /** The op there that had to end. */
  readonly op: IndexIntoOps;
}

/** One recording of an event: when its call was made, and its row in `events`. */
interface Recording {
  readonly timeNs: number;
  readonly row: number;
}

interface StreamWait {
  readonly timeNs: number;
  readonly dependency: Dependency;
}

/**
 * Finds the op of another stream that an op was made to wait for: its stream was told to wait for an event
 * (`cudaStreamWaitEvent`) between the launch of the op before it on that stream and its own, and that event had
 * been recorded in another stream, behind some op. A stream runs in order, so launch order is run order.
 *
 * The wait held the op only if what it waited for ended after the op before it on its own stream; otherwise
 * it was over when its turn came. Waits in a graph are the graph's own, and the legacy default stream's
 * implicit waits leave no record: neither is seen here.
 */
export class StreamDependencies {
  readonly #trace: Trace;
  readonly #launch: Int32Array;
  /** Numbers (context, stream) pairs; the arrays below are by that number. */
  readonly #streams = new DenseIds();
  readonly #waits: StreamWait[][] = [];
  readonly #hint: number[] = [];
  /** Ops grouped by stream, in order of start; those of stream s from `#first[s]` on. */
  #ops = new Int32Array(0);
  #first: number[] = [];
  /** Beside `#ops`: when each was launched, made non-decreasing within a stream. */
  #launchedNs = new Float64Array(0);
  /** Op → the op before it on its stream, or -1. */
  #previous = new Int32Array(0);

  constructor(trace: Trace, launch: Int32Array, lookup: IdLookup) {
    this.#trace = trace;
    this.#launch = launch;
    // Most traces have no such wait: they pay nothing.
    if (!trace.syncs.kind.includes(SYNC_KIND.streamWaitEvent)) return;
    this.#groupOps();
    this.#resolveWaits(lookup);
  }

  /** What held `op` back, or undefined. */
  of(op: IndexIntoOps): Dependency | undefined {
    if (this.#waits.length === 0) return undefined;
    const { ops, calls } = this.#trace;
    const stream = this.#streams.find(streamKey(ops.context[op]!, ops.stream[op]!));
    const waits = this.#waits[stream]!;
    const call = this.#launch[op]!;
    if (waits.length === 0 || call < 0) return undefined;
    const before = this.#previous[op]!;
    const beforeCall = before < 0 ? -1 : this.#launch[before]!;
    const after = beforeCall < 0 ? -Infinity : calls.startNs[beforeCall]!;
    const until = calls.startNs[call]!;
    let held: Dependency | undefined;
    let heldUntil = before < 0 ? -Infinity : this.#endOf(before);
    // Waits of a stream are sorted by time; those between the two launches are few.
    const end = firstAfter(waits.length, this.#hint[stream]!, (i) => waits[i]!.timeNs > until);
    this.#hint[stream] = end;
    for (let i = end - 1; i >= 0 && waits[i]!.timeNs > after; i--) {
      const { dependency } = waits[i]!;
      if (this.#endOf(dependency.op) > heldUntil) {
        held = dependency;
        heldUntil = this.#endOf(dependency.op);
      }
    }
    return held;
  }

  #endOf(op: IndexIntoOps): number {
    return this.#trace.ops.startNs[op]! + this.#trace.ops.durationNs[op]!;
  }

  #groupOps(): void {
    const { ops, calls } = this.#trace;
    const { context, stream, length } = ops;
    const counts: number[] = [];
    for (let i = 0; i < length; i++) {
      const s = this.#streams.add(streamKey(context[i]!, stream[i]!));
      counts[s] = (counts[s] ?? 0) + 1;
    }
    this.#first = [0];
    counts.forEach((count, s) => this.#first.push(this.#first[s]! + count));
    const next = this.#first.slice();
    this.#ops = new Int32Array(length);
    this.#launchedNs = new Float64Array(length);
    this.#previous = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const s = this.#streams.find(streamKey(context[i]!, stream[i]!));
      const at = next[s]!++;
      const isFirst = at === this.#first[s]!;
      const call = this.#launch[i]!;
      const launched = call < 0 ? -Infinity : calls.startNs[call]!;
      this.#ops[at] = i;
      this.#previous[i] = isFirst ? -1 : this.#ops[at - 1]!;
      this.#launchedNs[at] = isFirst ? launched : Math.max(launched, this.#launchedNs[at - 1]!);
    }
    counts.forEach(() => {
      this.#waits.push([]);
      this.#hint.push(0);
    });
  }

  /** Follows each wait to the latest recording of its event before it, and that to the op it stands behind. */
  #resolveWaits(lookup: IdLookup): void {
    const { syncs, events, calls } = this.#trace;
    const callTime = (correlation: number): number => {
      const call = correlation === 0 ? -1 : lookup.get(correlation);
      return call < 0 ? NaN : calls.startNs[call]!;
    };
    const recordings = new Map<number, Map<number, Recording[]>>();
    for (let i = 0; i < events.length; i++) {
      const timeNs = callTime(events.correlation[i]!);
      if (Number.isNaN(timeNs)) continue;
      let ofEvent = recordings.get(events.event[i]!);
      if (ofEvent === undefined) recordings.set(events.event[i]!, (ofEvent = new Map<number, Recording[]>()));
      const list = ofEvent.get(events.syncId[i]!);
      if (list === undefined) ofEvent.set(events.syncId[i]!, [{ timeNs, row: i }]);
      else list.push({ timeNs, row: i });
    }
    for (let i = 0; i < syncs.length; i++) {
      if (syncs.kind[i] !== SYNC_KIND.streamWaitEvent) continue;
      const called = callTime(syncs.correlation[i]!);
      const timeNs = Number.isNaN(called) ? syncs.startNs[i]! : called;
      const key = streamKey(syncs.context[i]!, syncs.stream[i]!);
      let latest: Recording | undefined;
      for (const recording of recordings.get(syncs.event[i]!)?.get(syncs.syncId[i]!) ?? []) {
        if (recording.timeNs > timeNs) continue;
        if (latest === undefined || recording.timeNs >= latest.timeNs) latest = recording;
      }
      if (latest === undefined) continue;
      const stream = events.stream[latest.row]!;
      const waiting = this.#streams.find(key);
      const source = this.#streams.find(streamKey(events.context[latest.row]!, stream));
      if (source < 0 || waiting < 0 || source === waiting) continue;
      const launchedNs = this.#launchedNs.subarray(this.#first[source], this.#first[source + 1]);
      const behind = firstAtOrAfter(launchedNs, latest.timeNs) - 1;
      if (behind < 0 || launchedNs[behind] === -Infinity) continue;
      const op = this.#ops[this.#first[source]! + behind]!;
      this.#waits[waiting]!.push({ timeNs, dependency: { stream, op } });
    }
    for (const waits of this.#waits) waits.sort((a, b) => a.timeNs - b.timeNs);
  }
}

function streamKey(context: number, stream: number): number {
  return context * 2 ** 32 + stream;
}
