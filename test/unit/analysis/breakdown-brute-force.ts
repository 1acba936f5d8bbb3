/**
 * The definitions of the breakdown, one nanosecond at a time, over plain rows. Shares nothing with `src/analysis`.
 */
import { BruteForce } from './brute-force.js';
import type { OpRow, RangeRow, TraceRows } from './build-trace.js';

export interface PathSums {
  ops: number;
  gpuNs: number;
  busyNs: number;
  idle: Record<string, number>;
  instances: Set<RangeRow>;
}

const NO_RANGE = '(no range)';

export class BreakdownBruteForce {
  readonly #brute: BruteForce;
  readonly #ranges: RangeRow[];
  readonly #mine: OpRow[];

  constructor(rows: TraceRows, device: number) {
    this.#brute = new BruteForce(rows, device);
    this.#ranges = (rows.ranges ?? []).filter((range) => (range.kind ?? 0) === 0);
    this.#mine = this.#brute.ops.filter((op) => (op.device ?? 0) === device);
  }

  /** Ranges of an op, outermost first. */
  stackOf(op: OpRow): RangeRow[] {
    const launch = this.#brute.launches[this.#brute.ops.indexOf(op)];
    if (launch === undefined) return [];
    const open = this.#ranges.filter(
      (r) => r.thread === launch.thread && r.start <= launch.start && launch.start < r.end,
    );
    let range = open.at(-1);
    const stack: RangeRow[] = [];
    while (range !== undefined) {
      stack.unshift(range);
      range = this.parentOf(range);
    }
    return stack;
  }

  /** The last one opened before it on its thread that was still open, and that holds it to the end. */
  parentOf(range: RangeRow): RangeRow | undefined {
    const before = this.#ranges.slice(0, this.#ranges.indexOf(range));
    return before
      .filter((r) => r.thread === range.thread && r.end > range.start && r.end >= range.end)
      .at(-1);
  }

  pathOf(op: OpRow): string {
    const names = this.stackOf(op).map((range) => range.name.replace(/\d+/g, '#'));
    return names.length === 0 ? NO_RANGE : names.join(' > ');
  }

  /** The op that a busy nanosecond is charged to: of those that run, the first in the table. */
  ownerAt(t: number): OpRow | undefined {
    return this.#mine.find((op) => op.start <= t && t < op.end);
  }

  /** Own sums of every path over `[startNs, endNs)`. */
  ownSums(startNs: number, endNs: number): Map<string, PathSums> {
    const sums = new Map<string, PathSums>();
    const of = (path: string): PathSums => {
      let found = sums.get(path);
      if (found === undefined) {
        found = { ops: 0, gpuNs: 0, busyNs: 0, idle: {}, instances: new Set() };
        sums.set(path, found);
      }
      return found;
    };
    const touch = (op: OpRow): void => {
      const stack = this.stackOf(op);
      stack.forEach((range, i) => {
        const path = stack.slice(0, i + 1).map((r) => r.name.replace(/\d+/g, '#'));
        of(path.join(' > ')).instances.add(range);
      });
    };
    for (const op of this.#mine) {
      const isLast = op.start === endNs && op.end <= op.start;
      if ((op.start >= startNs && op.start < endNs) || isLast) {
        of(this.pathOf(op)).ops++;
        touch(op);
      }
      for (let t = Math.max(op.start, startNs); t < Math.min(op.end, endNs); t++) {
        of(this.pathOf(op)).gpuNs++;
        touch(op);
      }
    }
    for (let t = startNs; t < endNs; t++) {
      const owner = this.ownerAt(t);
      if (owner !== undefined) {
        of(this.pathOf(owner)).busyNs++;
        continue;
      }
      const { cause } = this.#brute.at(t);
      const after = this.#mine.filter((op) => op.start > t && op.end > op.start)[0];
      const path = after === undefined ? NO_RANGE : this.pathOf(after);
      const { idle } = of(path);
      idle[cause] = (idle[cause] ?? 0) + 1;
      if (after !== undefined) touch(after);
    }
    return sums;
  }
}
