import { firstAtOrAfter } from '../../src/analysis/first-at-or-after.js';
import { finestBuckets, halved, type Buckets } from './buckets.js';

/** Takes one step of a counter's line: from `startNs` on it lies between `min` and `max`, and leaves at `last`. */
export type CounterVisitor = (startNs: number, min: number, max: number, last: number) => void;

interface CounterLevel extends Buckets {
  /** Of the values that the points of a bucket set. */
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/**
 * A counter: `value[i]` holds from `timeNs[i]` (ascending) to the next point, 0 before the first. For coarse steps it
 * knows the least and the largest value of every bucket beforehand; at finer ones a bucket has few points.
 */
export class CounterLine {
  readonly timeNs: Float64Array;
  readonly value: Float32Array;
  readonly max: number;
  readonly #finestNs: number;
  readonly #levels: CounterLevel[];

  constructor(timeNs: Float64Array, value: Float32Array) {
    this.timeNs = timeNs;
    this.value = value;
    const finest = finestBuckets(timeNs.length, (i) => timeNs[i]!);
    this.#finestNs = finest.widthNs;
    const min = new Float32Array(finest.length);
    const max = new Float32Array(finest.length);
    let most = 0;
    for (let b = 0; b < finest.length; b++) {
      const from = finest.first[b]!;
      min[b] = max[b] = value[from]!;
      for (let i = from + 1; i < finest.first[b + 1]!; i++) {
        if (value[i]! < min[b]!) min[b] = value[i]!;
        if (value[i]! > max[b]!) max[b] = value[i]!;
      }
      most = Math.max(most, max[b]!);
    }
    this.max = most;
    this.#levels = [{ ...finest, min, max }];
  }

  /**
   * Visits the line over `[startNs, endNs)`: the value it comes in with, then a step for every bucket `[k × stepNs,
   * (k + 1) × stepNs)` in which it changes. A step's least and largest are among the values it takes in its bucket,
   * the one it enters with included.
   */
  visit(startNs: number, endNs: number, stepNs: number, visitor: CounterVisitor): void {
    const { timeNs, value } = this;
    const from = Math.floor(startNs / stepNs) * stepNs;
    const level = this.#level(stepNs);
    let b = level === undefined ? 0 : firstAtOrAfter(level.bucket, from / stepNs);
    let i = level === undefined ? firstAtOrAfter(timeNs, from) : level.first[b]!;
    let entered = i > 0 ? value[i - 1]! : 0;
    visitor(from, entered, entered, entered);
    while (i < timeNs.length && timeNs[i]! < endNs) {
      let min = entered;
      let max = entered;
      let next = i;
      const bucket = Math.floor(timeNs[i]! / stepNs);
      if (level !== undefined) {
        min = Math.min(min, level.min[b]!);
        max = Math.max(max, level.max[b]!);
        next = level.first[++b]!;
      } else {
        const until = (bucket + 1) * stepNs;
        for (; next < timeNs.length && timeNs[next]! < until; next++) {
          min = Math.min(min, value[next]!);
          max = Math.max(max, value[next]!);
        }
      }
      entered = value[next - 1]!;
      // Where it changes once, it does so at that time, and not at the bucket's beginning.
      visitor(next === i + 1 ? timeNs[i]! : bucket * stepNs, min, max, entered);
      i = next;
    }
  }

  #level(stepNs: number): CounterLevel | undefined {
    const level = Math.log2(stepNs / this.#finestNs);
    if (!(level >= 0) || !Number.isInteger(level)) return undefined;
    while (this.#levels.length <= level) this.#levels.push(above(this.#levels.at(-1)!));
    return this.#levels[level];
  }
}

function above(below: CounterLevel): CounterLevel {
  const buckets = halved(below);
  const last = (b: number): number => buckets.from[b + 1]! - 1;
  return {
    ...buckets,
    min: Float32Array.from(buckets.bucket, (_, b) =>
      Math.min(below.min[buckets.from[b]!]!, below.min[last(b)]!),
    ),
    max: Float32Array.from(buckets.bucket, (_, b) =>
      Math.max(below.max[buckets.from[b]!]!, below.max[last(b)]!),
    ),
  };
}
