import type { DeviceGaps, Interval } from '../../src/analysis/busy.js';
import { CAUSES } from '../../src/analysis/causes.js';
import type { GapSplitter } from '../../src/analysis/gap-split.js';
import type { Trace } from '../../src/trace/trace.js';
import type { EventColumns, Lane } from '../lod/lane.js';
import { Growing } from './growing.js';

/** Idle time of a device as it is drawn: every gap in one piece or several, each with one cause, in order of time. */
export interface GapPieces extends EventColumns {
  readonly length: number;
  /** Index into `CAUSES`. */
  readonly cause: Uint8Array;
  /** Piece → its gap. */
  readonly gap: Uint32Array;
  /** Gap → its first piece; one more at the end. */
  readonly first: Uint32Array;
}

/** A millisecond or two of work. */
const GAPS_A_SLICE = 4096;

/** Rows in which everything lies at whose beginnings and ends the cause of a thread's idle time can change. */
export interface Boundaries {
  readonly columns: EventColumns;
  readonly lanes: readonly Lane[];
}

/**
 * Cuts gaps where their cause changes. The splitter gives sums for any interval, and charges an instant always to the
 * same cause: so a gap is cut where the launching thread's calls, and the driver's and profiler's stalls, begin and
 * end, and neighbours of one cause are put together again. The pieces of a gap sum to what of it lies in `span`, by
 * cause, exactly; a gap outside has none. Stops now and then, so that others get a turn.
 */
export function* gapPieces(
  trace: Trace,
  splitter: GapSplitter,
  gaps: DeviceGaps,
  span: Interval,
  boundariesOf: (thread: number) => readonly Boundaries[],
): Generator<void, GapPieces> {
  const cutter = new Cutter(trace, splitter, gaps, span, boundariesOf);
  const first = new Uint32Array(gaps.length + 1);
  for (let g = 0; g < gaps.length; g++) {
    cutter.cut(g);
    first[g + 1] = cutter.pieces.length;
    if (g % GAPS_A_SLICE === GAPS_A_SLICE - 1) yield;
  }
  return { ...cutter.pieces.finish(), first };
}

class Pieces {
  length = 0;
  readonly #startNs: Growing<Float64Array>;
  readonly #durationNs: Growing<Float64Array>;
  readonly #cause: Growing<Uint8Array>;
  readonly #gap: Growing<Uint32Array>;

  constructor(capacity: number) {
    this.#startNs = new Growing((n) => new Float64Array(n), capacity);
    this.#durationNs = new Growing((n) => new Float64Array(n), capacity);
    this.#cause = new Growing((n) => new Uint8Array(n), capacity);
    this.#gap = new Growing((n) => new Uint32Array(n), capacity);
  }

  /** Adds a piece, or lengthens the one before if that is of the same gap and cause. */
  add(gap: number, cause: number, startNs: number, endNs: number): void {
    if (!(endNs > startNs)) return;
    const last = this.length - 1;
    if (last >= 0 && this.#gap.values[last] === gap && this.#cause.values[last] === cause) {
      this.#durationNs.values[last] = endNs - this.#startNs.values[last]!;
      return;
    }
    const at = this.length++;
    this.#startNs.set(at, startNs);
    this.#durationNs.set(at, endNs - startNs);
    this.#cause.set(at, cause);
    this.#gap.set(at, gap);
  }

  finish(): Omit<GapPieces, 'first'> {
    const { length } = this;
    return {
      length,
      startNs: this.#startNs.finish(length),
      durationNs: this.#durationNs.finish(length),
      cause: this.#cause.finish(length),
      gap: this.#gap.finish(length),
    };
  }
}

class Cutter {
  readonly pieces: Pieces;
  readonly #calls: Trace['calls'];
  readonly #splitter: GapSplitter;
  readonly #gaps: DeviceGaps;
  readonly #span: Interval;
  readonly #boundariesOf: (thread: number) => readonly Boundaries[];
  readonly #parts = new Float64Array(CAUSES.length);

  constructor(
    trace: Trace,
    splitter: GapSplitter,
    gaps: DeviceGaps,
    span: Interval,
    boundariesOf: (thread: number) => readonly Boundaries[],
  ) {
    this.#calls = trace.calls;
    this.#splitter = splitter;
    this.#gaps = gaps;
    this.#span = span;
    this.#boundariesOf = boundariesOf;
    this.pieces = new Pieces(gaps.length);
  }

  cut(gap: number): void {
    const gapStart = this.#gaps.startNs[gap]!;
    const start = Math.max(gapStart, this.#span.startNs);
    const end = Math.min(this.#gaps.endNs[gap]!, this.#span.endNs);
    const after = this.#gaps.after[gap]!;
    const whole = this.#splitter.wholeCause(gapStart, this.#gaps.before[gap]!, after);
    if (whole >= 0) {
      this.pieces.add(gap, whole, start, end);
      return;
    }
    // Not whole: it ends with an op whose call is in the trace.
    const call = this.#splitter.launch[after]!;
    const called = clamp(this.#calls.startNs[call]!, start, end);
    if (called > start) this.#cutPart(gap, this.#calls.thread[call]!, start, called);
    if (end > called) this.#cutPart(gap, this.#calls.thread[call]!, called, end);
  }

  #cutPart(gap: number, thread: number, from: number, to: number): void {
    if (this.#addIfOne(gap, from, to)) return;
    const cuts = [from];
    for (const { columns, lanes } of this.#boundariesOf(thread)) {
      for (const lane of lanes) {
        for (let slot = lane.slotEndingAfter(from); slot < lane.length && lane.startNs(slot) < to; slot++) {
          const row = lane.event(slot);
          const start = columns.startNs[row]!;
          const end = start + columns.durationNs[row]!;
          if (start > from) cuts.push(start);
          if (end > from && end < to) cuts.push(end);
        }
      }
    }
    cuts.sort((a, b) => a - b);
    cuts.push(to);
    for (let i = 1; i < cuts.length; i++) {
      if (cuts[i]! > cuts[i - 1]! && !this.#addIfOne(gap, cuts[i - 1]!, cuts[i]!)) {
        this.#addInOrderOfCauses(gap, cuts[i - 1]!);
      }
    }
  }

  /** Adds the interval as one piece if it has one cause; `#parts` has its causes. */
  #addIfOne(gap: number, from: number, to: number): boolean {
    const parts = this.#parts.fill(0);
    this.#splitter.split(
      this.#gaps.startNs[gap]!,
      this.#gaps.before[gap]!,
      this.#gaps.after[gap]!,
      from,
      to,
      parts,
    );
    let cause = -1;
    for (let c = 0; c < parts.length; c++) {
      if (parts[c]! <= 0) continue;
      if (cause >= 0) return false;
      cause = c;
    }
    if (cause >= 0) this.pieces.add(gap, cause, from, to);
    return true;
  }

  /** Damaged records can change the cause where nothing begins or ends: then the sums hold, and the order does not. */
  #addInOrderOfCauses(gap: number, from: number): void {
    let at = from;
    for (let c = this.#parts.length - 1; c >= 0; c--) {
      this.pieces.add(gap, c, at, at + this.#parts[c]!);
      at += this.#parts[c]!;
    }
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
