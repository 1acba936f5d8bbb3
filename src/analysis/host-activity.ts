import { OVERHEAD_KIND } from '../trace/schema.js';
import type { IndexIntoCalls, Trace } from '../trace/trace.js';
import { CALL_CLASS } from './call-class.js';
import { CAUSE } from './causes.js';
import { DenseIds } from './dense-ids.js';
import type { IdLookup } from './id-lookup.js';
import { firstAfter, Segments } from './segments.js';

/** Cause of each overhead kind. CUPTI's buffer work is the profiler's; the rest is the driver making things. */
const OVERHEAD_CAUSE: Readonly<Record<number, number>> = {
  [OVERHEAD_KIND.profilerFlush]: CAUSE.profiler,
  [OVERHEAD_KIND.profilerInstrumentation]: CAUSE.profiler,
  [OVERHEAD_KIND.profilerResource]: CAUSE.profiler,
  [OVERHEAD_KIND.profilerBufferRequest]: CAUSE.profiler,
  [OVERHEAD_KIND.commandBufferFull]: CAUSE.queueFull,
  [OVERHEAD_KIND.driverCompiler]: CAUSE.alloc,
  [OVERHEAD_KIND.moduleLoading]: CAUSE.alloc,
  [OVERHEAD_KIND.lazyFunctionLoading]: CAUSE.alloc,
  [OVERHEAD_KIND.unifiedMemory]: CAUSE.alloc,
};
/** Overheads that cover the same instant: the first of these is charged. */
const OVERHEAD_ORDER = [CAUSE.profiler, CAUSE.queueFull, CAUSE.alloc] as const;
const CALL_CAUSE: readonly number[] = [CAUSE.api, CAUSE.sync, CAUSE.blockingCopy, CAUSE.alloc];

/** Calls to step over before a search is worth its cost. */
const NEAR = 8;

interface ThreadActivity {
  /** One a cause of `OVERHEAD_ORDER`. */
  readonly overheads: Segments[];
  /** Calls that wait or allocate, innermost first; the value is the call. */
  readonly special: Segments;
  /** All time that any of the above covers: most of a thread's time is quiet, and then none needs asking. */
  eventful: Segments;
  /** Calls that are not inside another, in time order: the range of `outerRows`. */
  outerFrom: number;
  outerTo: number;
  outerHint: number;
}

/**
 * What each thread was doing at any instant. In this order: an overhead (profiler, queue full, then loading
 * and the like); the innermost call covering the instant that waits or allocates; the outermost call covering
 * it; nothing. The outermost stands for its call because a runtime call contains driver calls that mean
 * nothing to the user, except where one of them waits or allocates, which explains the time better.
 */
export class HostActivity {
  readonly #trace: Trace;
  readonly #callClass: Uint8Array;
  readonly #threads = new DenseIds();
  readonly #activity: ThreadActivity[] = [];
  #outerRows = new Int32Array(0);

  constructor(trace: Trace, callClass: Uint8Array, lookup: IdLookup) {
    this.#trace = trace;
    this.#callClass = callClass;
    this.#addCalls();
    this.#addOverheads(lookup);
    for (const thread of this.#activity) {
      thread.special.closeUntil(Infinity);
      for (const layer of thread.overheads) layer.closeUntil(Infinity);
      thread.eventful = unionOf([thread.special, ...thread.overheads]);
    }
  }

  /** Charges `[from, to)` of a thread to `parts` by what it was doing. */
  charge(thread: number, from: number, to: number, parts: Float64Array): void {
    const activity = this.#activity[this.#threads.find(thread)];
    if (activity === undefined) parts[CAUSE.host]! += to - from;
    else if (isQuiet(activity, from, to)) this.#chargeOuter(activity, from, to, parts);
    else this.#charge(activity, 0, from, to, -1, parts);
  }

  /** Charges `[from, to)`, within the launch `call`: stalls and allocations inside it, and the call itself. */
  chargeLaunch(call: IndexIntoCalls, from: number, to: number, parts: Float64Array): void {
    const activity = this.#activity[this.#threads.find(this.#trace.calls.thread[call]!)]!;
    if (isQuiet(activity, from, to)) parts[CAUSE.launch]! += to - from;
    else this.#charge(activity, 0, from, to, call, parts);
  }

  /** `level` counts down the order of precedence; what one level does not cover falls to the next. */
  #charge(
    activity: ThreadActivity,
    level: number,
    from: number,
    to: number,
    launch: IndexIntoCalls,
    parts: Float64Array,
  ): void {
    if (from >= to) return;
    if (level > OVERHEAD_ORDER.length) {
      if (launch >= 0) parts[CAUSE.launch]! += to - from;
      else this.#chargeOuter(activity, from, to, parts);
      return;
    }
    const isSpecial = level === OVERHEAD_ORDER.length;
    const segments = isSpecial ? activity.special : activity.overheads[level]!;
    const { start, end, value } = segments;
    let at = from;
    for (let i = segments.firstEndingAfter(from); i < end.length && start[i]! < to; i++) {
      let cause: number;
      if (isSpecial) {
        cause = CALL_CAUSE[this.#callClass[value[i]!]!]!;
        // In a launch only what it does itself counts: not a call around it, and not its own class.
        if (launch >= 0 && (value[i]! <= launch || cause !== CAUSE.alloc)) continue;
      } else {
        cause = value[i]!;
      }
      if (start[i]! > at) {
        this.#charge(activity, level + 1, at, start[i]!, launch, parts);
        at = start[i]!;
      }
      const until = Math.min(end[i]!, to);
      parts[cause]! += until - at;
      at = until;
    }
    this.#charge(activity, level + 1, at, to, launch, parts);
  }

  #chargeOuter(activity: ThreadActivity, from: number, to: number, parts: Float64Array): void {
    const { startNs, durationNs } = this.#trace.calls;
    const rows = this.#outerRows;
    const first = activity.outerFrom;
    const last = activity.outerTo;
    // A few steps on from the last answer find nearly all; the search takes long ones, and steps back.
    // No closure in here: this runs for every gap, and each would be made anew.
    let k = first + activity.outerHint;
    if (k === first || this.#endOf(rows[k - 1]!) <= from) {
      for (const limit = k + NEAR; k < limit && k < last && this.#endOf(rows[k]!) <= from; k++);
    }
    const isAfter = k === last || this.#endOf(rows[k]!) > from;
    if (!isAfter || (k > first && this.#endOf(rows[k - 1]!) > from)) k = this.#firstOuter(activity, k, from);
    activity.outerHint = k - first;
    let at = from;
    for (; k < last && at < to; k++) {
      const row = rows[k]!;
      const start = startNs[row]!;
      if (start >= to) break;
      if (start > at) {
        parts[CAUSE.host]! += start - at;
        at = start;
      }
      const until = Math.min(start + durationNs[row]!, to);
      parts[CALL_CAUSE[this.#callClass[row]!]!]! += until - at;
      at = until;
    }
    parts[CAUSE.host]! += to - at;
  }

  /** The first outer call that ends after `time`, searched for from `near` on. */
  #firstOuter({ outerFrom, outerTo }: ThreadActivity, near: number, time: number): number {
    const isAfter = (i: number): boolean => this.#endOf(this.#outerRows[outerFrom + i]!) > time;
    return outerFrom + firstAfter(outerTo - outerFrom, near - outerFrom, isAfter);
  }

  #endOf(row: IndexIntoCalls): number {
    const { startNs, durationNs } = this.#trace.calls;
    return startNs[row]! + durationNs[row]!;
  }

  #addCalls(): void {
    const { length, startNs, durationNs, thread } = this.#trace.calls;
    const ends: number[] = [];
    const counts: number[] = [];
    const outer = new Int32Array(length);
    let outers = 0;
    // A call is an outer one if it ends later than all before it on its thread: crossing calls, which only
    // damaged data has, then meet end to end.
    for (let c = 0; c < length; c++) {
      const t = this.#threads.add(thread[c]!);
      if (t === ends.length) {
        ends.push(-Infinity);
        counts.push(0);
        this.#activity.push(noActivity());
      }
      const end = startNs[c]! + durationNs[c]!;
      if (end > ends[t]!) {
        ends[t] = end;
        counts[t]!++;
        outer[outers++] = c;
      }
      const callClass = this.#callClass[c];
      if (callClass === CALL_CLASS.sync || callClass === CALL_CLASS.alloc) {
        this.#activity[t]!.special.add(startNs[c]!, end, c);
      }
    }
    this.#outerRows = outer.slice(0, outers);
    let offset = 0;
    this.#activity.forEach((activity, t) => {
      activity.outerFrom = activity.outerTo = offset;
      offset += counts[t]!;
    });
    for (let i = 0; i < outers; i++) {
      const t = this.#threads.find(thread[outer[i]!]!);
      this.#outerRows[this.#activity[t]!.outerTo++] = outer[i]!;
    }
  }

  #addOverheads(lookup: IdLookup): void {
    const { overheads, calls } = this.#trace;
    for (let i = 0; i < overheads.length; i++) {
      const cause = OVERHEAD_CAUSE[overheads.kind[i]!];
      if (cause === undefined) continue;
      let thread = overheads.thread[i]!;
      if (thread === 0) {
        const call = overheads.correlation[i] === 0 ? -1 : lookup.get(overheads.correlation[i]!);
        if (call >= 0) thread = calls.thread[call]!;
      }
      // A thread that never called CUDA launched nothing: its stalls (CUPTI's own threads) hold no op.
      const activity = this.#activity[this.#threads.find(thread)];
      if (activity === undefined) continue;
      const start = overheads.startNs[i]!;
      const level = OVERHEAD_ORDER.findIndex((ordered) => ordered === cause);
      activity.overheads[level]!.add(start, start + overheads.durationNs[i]!, cause);
    }
  }
}

function noActivity(): ThreadActivity {
  return {
    overheads: OVERHEAD_ORDER.map(() => new Segments()),
    special: new Segments(),
    eventful: new Segments(),
    outerFrom: 0,
    outerTo: 0,
    outerHint: 0,
  };
}

function isQuiet({ eventful }: ThreadActivity, from: number, to: number): boolean {
  const i = eventful.firstEndingAfter(from);
  return i >= eventful.start.length || eventful.start[i]! >= to;
}

/** The time that any of `layers` covers, as segments without a value of their own. */
function unionOf(layers: readonly Segments[]): Segments {
  const next = layers.map(() => 0);
  const union = new Segments();
  let until = -Infinity;
  for (;;) {
    let earliest = -1;
    let start = Infinity;
    for (let k = 0; k < layers.length; k++) {
      const its = layers[k]!.start[next[k]!];
      if (its === undefined || its >= start) continue;
      start = its;
      earliest = k;
    }
    if (earliest < 0) break;
    const end = layers[earliest]!.end[next[earliest]!++]!;
    if (end <= until) continue;
    union.add(Math.max(start, until), end, 0);
    until = end;
  }
  union.closeUntil(Infinity);
  return union;
}
