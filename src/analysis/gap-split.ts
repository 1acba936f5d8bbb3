import type { IndexIntoOps, Trace } from '../trace/trace.js';
import { classifyCalls } from './call-class.js';
import { CAUSE } from './causes.js';
import { HostActivity } from './host-activity.js';
import type { IdLookup } from './id-lookup.js';
import { callsByCorrelation, launchOfOps } from './launch.js';
import { StreamDependencies, type Dependency } from './stream-dependencies.js';

/**
 * Splits idle time by what it was spent on. A gap `[g0, g1)` ends when an op K starts, which was launched by a
 * call C = `[c0, c1)` of a thread T:
 *
 * 1. K and the op before belong to one replay (same graph, same launch): `graph`;
 * 2. no op follows, or C is not in the trace: `unknown`;
 * 3. C had returned by g0: `queued` if K had to wait for another stream's op, else `dispatch`;
 * 4. otherwise, from C's start on: `launch`, less what stalled C (`profiler`, `queue-full`, `alloc`); before it:
 *    what T was doing (`HostActivity`). Once C has returned, nothing that T does holds K: that is `launch`.
 *
 * Every nanosecond is charged once, and where it is charged does not depend on the window.
 */
export class GapSplitter {
  readonly launch: Int32Array;
  readonly #trace: Trace;
  readonly #host: HostActivity;
  readonly #dependencies: StreamDependencies;

  constructor(trace: Trace, lookup: IdLookup = callsByCorrelation(trace)) {
    this.#trace = trace;
    this.launch = launchOfOps(trace, lookup);
    this.#host = new HostActivity(trace, classifyCalls(trace, this.launch, lookup), lookup);
    this.#dependencies = new StreamDependencies(trace, this.launch, lookup);
  }

  /**
   * The cause (index into `CAUSES`) of a gap that has only one, or -1 where it must be `split`: most gaps of a
   * busy GPU need no more than this.
   */
  wholeCause(gapStart: number, before: IndexIntoOps, after: IndexIntoOps): number {
    if (after >= 0 && before >= 0 && this.#sameReplay(before, after)) return CAUSE.graph;
    const call = after < 0 ? -1 : this.launch[after]!;
    if (call < 0) return CAUSE.unknown;
    const { startNs, durationNs } = this.#trace.calls;
    if (startNs[call]! + durationNs[call]! > gapStart) return -1;
    return this.#dependencies.of(after) === undefined ? CAUSE.dispatch : CAUSE.queued;
  }

  /**
   * Adds `[from, to)`, a part of the gap that starts at `gapStart` between the ops `before` and `after` (-1 if
   * none), to `parts` (nanoseconds by `CAUSES`).
   */
  split(
    gapStart: number,
    before: IndexIntoOps,
    after: IndexIntoOps,
    from: number,
    to: number,
    parts: Float64Array,
  ): void {
    const whole = this.wholeCause(gapStart, before, after);
    if (whole >= 0) {
      parts[whole]! += to - from;
      return;
    }
    this.splitByCall(after, from, to, parts);
  }

  /** The same where `wholeCause` gave -1. */
  splitByCall(after: IndexIntoOps, from: number, to: number, parts: Float64Array): void {
    const { calls } = this.#trace;
    const call = this.launch[after]!;
    const callStart = calls.startNs[call]!;
    const callEnd = callStart + calls.durationNs[call]!;
    const called = clamp(callStart, from, to);
    const returned = clamp(callEnd, called, to);
    if (called > from) this.#host.charge(calls.thread[call]!, from, called, parts);
    if (returned > called) this.#host.chargeLaunch(call, called, returned, parts);
    parts[CAUSE.launch]! += to - returned;
  }

  /** Which op of another stream held `after` back, where a gap before it is `queued`. */
  dependencyOf(after: IndexIntoOps): Dependency | undefined {
    return this.#dependencies.of(after);
  }

  /** Replays launched on the device carry no correlation and cannot be told apart: no guess. */
  #sameReplay(a: IndexIntoOps, b: IndexIntoOps): boolean {
    const { graph, correlation } = this.#trace.ops;
    return (
      graph[a] !== 0 && graph[a] === graph[b] && correlation[a] !== 0 && correlation[a] === correlation[b]
    );
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
