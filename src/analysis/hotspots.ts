import { CAUSES, type Cause } from './causes.js';
import { OP_CLASSES, type OpClass } from './op-class.js';
import { medianAndP95 } from './percentile.js';
import { runThrough, type Sliced } from './slices.js';

/** Stands for a class where the window's edge, not an op, bounds the gap. */
export const NO_OP = OP_CLASSES.length;

/** Gaps of one kind: what ran before and after, where in the model, and what most of the time went to. */
export interface Hotspot {
  readonly before: OpClass | '(start)';
  readonly after: OpClass | '(end)';
  /** Template path of the op after. */
  readonly path: string;
  /** The gap's largest part; of equal ones the first in `CAUSES`. */
  readonly cause: Cause;
  readonly count: number;
  readonly totalNs: number;
  /** `totalNs` over the window's span, 0 to 1. */
  readonly share: number;
  /** Nearest-rank (`percentile.ts`). */
  readonly medianNs: number;
  readonly p95Ns: number;
  /** The longest of them, the earliest of equals. */
  readonly example: GapExample;
}

/** One gap, to be looked up in a timeline. */
export interface GapExample {
  readonly startNs: number;
  readonly durationNs: number;
  /** Short names of the ops around it; absent at the window's edge. */
  readonly beforeName?: string;
  readonly afterName?: string;
  /** For `queued`: the other stream's op that was waited for. */
  readonly waitedFor?: { readonly stream: number; readonly name: string };
}

/** A group, before its numbers are put into words. */
export interface HotspotGroup {
  readonly before: number;
  readonly after: number;
  readonly path: number;
  readonly cause: number;
  count: number;
  totalNs: number;
  medianNs: number;
  p95Ns: number;
  /** The number of the longest gap, as it was added. */
  longest: number;
}

const WIDTH = OP_CLASSES.length + 1;
const KEYS_PER_PATH = WIDTH * WIDTH * CAUSES.length;
const MAX_DENSE_KEYS = 2 ** 22;

/** Groups gaps by (class before, class after, path, main cause). Feed it every gap, then `rank`. */
export class HotspotGroups {
  readonly #groups: HotspotGroup[] = [];
  /** Key → 1 + group, while the keys are few enough for an array; a map beyond. */
  readonly #groupOfKey: Int32Array;
  readonly #groupOfLargeKey = new Map<number, number>();
  readonly #group: Int32Array;
  readonly #durationNs: Float64Array;
  #length = 0;

  /** For at most `capacity` gaps and paths below `paths`. `keys` are those of groups that no more gap is added to. */
  constructor(capacity: number, paths: number, keys = HotspotGroups.keys(paths)) {
    this.#groupOfKey = keys.fill(0);
    this.#group = new Int32Array(capacity);
    this.#durationNs = new Float64Array(capacity);
  }

  /** Room for the keys of paths below `paths`: megabytes, so devices analyzed one after the other share it. */
  static keys(paths: number): Int32Array {
    return new Int32Array(Math.min(paths * KEYS_PER_PATH, MAX_DENSE_KEYS));
  }

  /** Adds a gap; gaps are numbered 0, 1, … in this order. Classes are indices into `OP_CLASSES` or `NO_OP`. */
  add(before: number, after: number, path: number, cause: number, durationNs: number): void {
    const key = ((path * WIDTH + before) * WIDTH + after) * CAUSES.length + cause;
    const isDense = key < this.#groupOfKey.length;
    let index = (isDense ? this.#groupOfKey[key]! : (this.#groupOfLargeKey.get(key) ?? 0)) - 1;
    if (index < 0) {
      index = this.#groups.length;
      if (isDense) this.#groupOfKey[key] = index + 1;
      else this.#groupOfLargeKey.set(key, index + 1);
      const numbers = { count: 0, totalNs: 0, medianNs: 0, p95Ns: 0, longest: this.#length };
      this.#groups.push({ before, after, path, cause, ...numbers });
    }
    const group = this.#groups[index]!;
    group.count++;
    group.totalNs += durationNs;
    if (durationNs > this.#durationNs[group.longest]!) group.longest = this.#length;
    this.#group[this.#length] = index;
    this.#durationNs[this.#length++] = durationNs;
  }

  /** Length of the gap of that number. */
  durationNs(gap: number): number {
    return this.#durationNs[gap]!;
  }

  /** All groups, largest total first; of equal totals the first seen. */
  rank(): HotspotGroup[] {
    return runThrough(this.rankInSlices());
  }

  *rankInSlices(): Sliced<HotspotGroup[]> {
    const groups = this.#groups;
    const next = new Float64Array(groups.length + 1);
    groups.forEach((group, g) => (next[g + 1] = next[g]! + group.count));
    const starts = next.slice();
    const sorted = new Float64Array(this.#length);
    for (let i = 0; i < this.#length; i++) sorted[next[this.#group[i]!]!++] = this.#durationNs[i]!;
    yield;
    for (const [g, group] of groups.entries()) {
      const durations = sorted.subarray(starts[g], starts[g + 1]);
      Object.assign(group, medianAndP95(durations));
      yield;
    }
    return groups.toSorted((a, b) => b.totalNs - a.totalNs);
  }
}
