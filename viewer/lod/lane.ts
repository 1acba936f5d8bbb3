import { firstAtOrAfter } from '../../src/analysis/first-at-or-after.js';
import { BucketPyramid, type BucketLevel } from './bucket-pyramid.js';
import { LongestForest } from './longest-forest.js';
import type { Slots } from './slots.js';

/** What the rows of a table have that are drawn: rows are sorted by start. */
export interface EventColumns {
  readonly startNs: Float64Array;
  readonly durationNs: Float64Array;
}

/** Takes what is to be drawn: the longest event of a bucket, and that it stands for slots `[from, to)`. */
export type LaneVisitor = (event: number, from: number, to: number) => void;

/**
 * One row of rectangles: events that do not overlap, in order of start. Their lengths may be negative where a record
 * was damaged, which counts as none.
 */
export class Lane {
  readonly length: number;
  readonly #slots: Slots;
  readonly #startNs: Float64Array;
  readonly #durationNs: Float64Array;
  readonly #forest: LongestForest;
  readonly #pyramid: BucketPyramid | undefined;

  /** Of those rows of the table whose columns these are. */
  constructor(columns: EventColumns, slots: Slots) {
    this.length = slots.length;
    this.#slots = slots;
    this.#startNs = columns.startNs;
    this.#durationNs = columns.durationNs;
    this.#forest = new LongestForest(columns.durationNs, slots);
    const { startNs, durationNs } = columns;
    this.#pyramid = BucketPyramid.of(
      slots.length,
      (slot) => startNs[slots.row(slot)]!,
      (slot) => durationNs[slots.row(slot)]!,
      (from, to) => this.#forest.longest(from, to),
    );
  }

  /** The row of the table in a slot. */
  event(slot: number): number {
    return this.#slots.row(slot);
  }

  startNs(slot: number): number {
    return this.#startNs[this.#slots.row(slot)]!;
  }

  /** The first slot that starts at or after `timeNs`. */
  slotAt(timeNs: number): number {
    return this.#firstFrom(0, this.length >>> 1, timeNs);
  }

  /** The first slot that ends after `timeNs`, or starts at it or later. */
  slotEndingAfter(timeNs: number): number {
    const slot = this.slotAt(timeNs);
    return slot > 0 && this.#endNs(slot - 1) > timeNs ? slot - 1 : slot;
  }

  /** The slot of a row of the table, or -1 if it is in another lane. */
  slotOf(event: number): number {
    let slot = this.slotAt(this.#startNs[event]!);
    while (slot < this.length && this.startNs(slot) === this.#startNs[event]) {
      if (this.event(slot) === event) return slot;
      slot++;
    }
    return -1;
  }

  /**
   * Visits what there is to draw of `[startNs, endNs)`: of the events that start in one bucket `[k × stepNs, (k + 1) ×
   * stepNs)` the longest, for every bucket that reaches into it; before them the event that began earlier and is
   * still running, if there is one.
   */
  visit(startNs: number, endNs: number, stepNs: number, visitor: LaneVisitor): void {
    const level = this.#pyramid?.level(stepNs);
    if (level === undefined) this.#visitEvents(startNs, endNs, stepNs, visitor);
    else this.#visitLevel(level, startNs, endNs, stepNs, visitor);
  }

  #visitLevel(
    { length, bucket, first, longest }: BucketLevel,
    startNs: number,
    endNs: number,
    stepNs: number,
    visitor: LaneVisitor,
  ): void {
    const from = Math.floor(startNs / stepNs) * stepNs;
    let b = firstAtOrAfter(bucket, from / stepNs);
    const before = first[b]! - 1;
    if (before >= 0 && this.#endNs(before) > from) visitor(this.#slots.row(before), before, before + 1);
    for (; b < length && bucket[b]! * stepNs < endNs; b++) {
      // The last bucket counts if any of its events begins inside the window: the first does, or none.
      if (bucket[b]! * stepNs + stepNs > endNs && this.startNs(first[b]!) >= endNs) return;
      visitor(this.#slots.row(longest[b]!), first[b]!, first[b + 1]!);
    }
  }

  #visitEvents(startNs: number, endNs: number, stepNs: number, visitor: LaneVisitor): void {
    const slots = this.#slots;
    const starts = this.#startNs;
    const n = this.length;
    const from = Math.floor(startNs / stepNs) * stepNs;
    let slot = this.slotAt(from);
    if (slot > 0 && this.#endNs(slot - 1) > from) visitor(slots.row(slot - 1), slot - 1, slot);
    let width = 1;
    while (slot < n) {
      const start = starts[slots.row(slot)]!;
      if (start >= endNs) return;
      const bucketEnd = (Math.floor(start / stepNs) + 1) * stepNs;
      // Most buckets of a close view hold one event.
      if (slot + 1 === n || starts[slots.row(slot + 1)]! >= bucketEnd) {
        visitor(slots.row(slot), slot, slot + 1);
        slot++;
        width = 1;
        continue;
      }
      // Neighbouring buckets hold about as many.
      const next = this.#firstFrom(slot + 1, slot + width, bucketEnd);
      visitor(slots.row(this.#forest.longest(slot, next)), slot, next);
      width = next - slot;
      slot = next;
    }
  }

  #endNs(slot: number): number {
    const event = this.#slots.row(slot);
    return this.#startNs[event]! + Math.max(0, this.#durationNs[event]!);
  }

  /** The first slot from `low` on that starts at or after `timeNs`; quick where it is near `guess`. */
  #firstFrom(low: number, guess: number, timeNs: number): number {
    const slots = this.#slots;
    const starts = this.#startNs;
    let from = low;
    let to = this.length;
    const start = Math.min(Math.max(guess, low), to);
    if (start < to && starts[slots.row(start)]! < timeNs) {
      from = start + 1;
      for (let step = 1; from + step < to; step *= 2) {
        if (starts[slots.row(from + step)]! >= timeNs) {
          to = from + step;
          break;
        }
        from += step + 1;
      }
    } else {
      to = start;
      for (let step = 1; to - step >= from; step *= 2) {
        if (starts[slots.row(to - step)]! < timeNs) {
          from = to - step + 1;
          break;
        }
        to -= step;
      }
    }
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (starts[slots.row(middle)]! < timeNs) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
