import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { DenseIds } from './dense-ids.js';
import { parseDurationNs } from './window-spec.js';

/** Of some stream gaps. */
export interface StreamGaps {
  readonly count: number;
  readonly totalNs: number;
}

/**
 * The gaps of one stream, in the classes of Holistic Trace Analysis. `hostWait`, `kernelWait` and `other` sum to
 * `gaps` exactly. A stream gap is no device idle time: while one stream has nothing to run, another may run.
 */
export interface StreamIdle {
  readonly context: number;
  readonly stream: number;
  /** Ops of the stream that began within the windows. */
  readonly ops: number;
  readonly gaps: StreamGaps;
  /** The op's launch was called after the op before it had ended: the host was late. */
  readonly hostWait: StreamGaps;
  /** Launched in time, or not known; shorter than the limit: what starting a kernel costs. */
  readonly kernelWait: StreamGaps;
  /** Launched in time, or not known; longer than that. */
  readonly other: StreamGaps;
  /** Of `kernelWait` and `other`: the op's launch is not in the trace, so the host may have been late. */
  readonly unknownLaunch: StreamGaps;
  /** Of `ops`: started before an earlier one of the stream had ended, and the time they ran beside it. */
  readonly overlapping: StreamGaps;
}

export interface StreamIdleResult {
  /** A gap at least this long is no kernel wait. */
  readonly kernelWaitBelowNs: number;
  /** Longest gap time first. */
  readonly streams: readonly StreamIdle[];
}

/** 30 µs: `consecutive_kernel_delay` of Holistic Trace Analysis, whose documentation has it as 30 ns. */
const KERNEL_WAIT_BELOW_NS = 30_000;

/** @throws UserError if the text is no time */
export function kernelWaitBelowNs(text: string | undefined): number {
  const ns = text === undefined ? KERNEL_WAIT_BELOW_NS : parseDurationNs(text.trim());
  if (ns !== undefined) return ns;
  throw new UserError(`'${text}' is not a time.`, { hint: 'Write --kernel-wait as 500ns, 30us or 1ms.' });
}

/**
 * Gaps between consecutive ops of each stream of a device, cut to the windows (sorted, disjoint); the class is that of
 * the whole gap. Definitions: Holistic Trace Analysis, `get_idle_time_breakdown`. It differs in two ways: here a gap
 * begins at the latest end so far, not at the end of the op that started before, so that ops which overlap make no
 * negative gap; and an op without a launch in the trace is never a host wait.
 * @param launch op → its row in `calls`, or -1
 */
export function streamIdle(
  trace: Trace,
  launch: Int32Array,
  device: number,
  windows: readonly Interval[],
  kernelWaitBelowNs = KERNEL_WAIT_BELOW_NS,
): StreamIdleResult {
  const { length, startNs, durationNs, device: devices, context, stream } = trace.ops;
  const callStartNs = trace.calls.startNs;
  const last = windows.at(-1)?.endNs ?? -Infinity;
  const ids = new DenseIds();
  const sums: Sums[] = [];
  let now = 0;
  for (let i = 0; i < length; i++) {
    if (devices[i] !== device) continue;
    const s = ids.add(context[i]! * 2 ** 32 + stream[i]!);
    const of = (sums[s] ??= new Sums());
    const start = startNs[i]!;
    const end = start + Math.max(0, durationNs[i]!);
    const { lastEndNs } = of;
    if (end > lastEndNs) of.lastEndNs = end;

    while (now < windows.length && windows[now]!.endNs <= start) now++;
    const began = now < windows.length ? start >= windows[now]!.startNs : start === last && end === start;
    if (began) of.ops++;
    if (start <= lastEndNs) {
      if (began && start < lastEndNs) of.add(OVERLAPPING, Math.min(lastEndNs, end) - start);
      continue;
    }
    if (lastEndNs === -Infinity) continue;
    while (of.window < windows.length && windows[of.window]!.endNs <= lastEndNs) of.window++;
    const within = lengthWithin(windows, of.window, lastEndNs, start);
    if (within === 0) continue;
    const call = launch[i]!;
    if (call < 0) of.add(UNKNOWN_LAUNCH, within);
    if (call >= 0 && callStartNs[call]! > lastEndNs) of.add(HOST_WAIT, within);
    else of.add(start - lastEndNs < kernelWaitBelowNs ? KERNEL_WAIT : OTHER, within);
  }
  const streams = ids.ids
    .map((id, s) => sums[s]!.result(id))
    .filter(({ ops, gaps }) => ops > 0 || gaps.count > 0)
    .sort((a, b) => b.gaps.totalNs - a.gaps.totalNs || a.stream - b.stream);
  return { kernelWaitBelowNs, streams };
}

const HOST_WAIT = 0;
const KERNEL_WAIT = 1;
const OTHER = 2;
const UNKNOWN_LAUNCH = 3;
const OVERLAPPING = 4;

/** One stream while its ops go by. */
class Sums {
  ops = 0;
  /** Latest end so far, ns. */
  lastEndNs = -Infinity;
  /** The first window that does not end before that. */
  window = 0;
  readonly #counts = new Float64Array(5);
  readonly #totals = new Float64Array(5);

  add(kind: number, ns: number): void {
    this.#counts[kind]!++;
    this.#totals[kind]! += ns;
  }

  result(id: number): StreamIdle {
    const of = (...kinds: number[]): StreamGaps => ({
      count: kinds.reduce((sum, kind) => sum + this.#counts[kind]!, 0),
      totalNs: kinds.reduce((sum, kind) => sum + this.#totals[kind]!, 0),
    });
    return {
      context: Math.floor(id / 2 ** 32),
      stream: id % 2 ** 32,
      ops: this.ops,
      gaps: of(HOST_WAIT, KERNEL_WAIT, OTHER),
      hostWait: of(HOST_WAIT),
      kernelWait: of(KERNEL_WAIT),
      other: of(OTHER),
      unknownLaunch: of(UNKNOWN_LAUNCH),
      overlapping: of(OVERLAPPING),
    };
  }
}

/** How much of `[from, to)` lies in the windows from number `w` on. */
function lengthWithin(windows: readonly Interval[], w: number, from: number, to: number): number {
  let within = 0;
  for (let v = w; v < windows.length && windows[v]!.startNs < to; v++) {
    within += Math.max(0, Math.min(to, windows[v]!.endNs) - Math.max(from, windows[v]!.startNs));
  }
  return within;
}
