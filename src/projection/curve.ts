import { percentile } from '../analysis/percentile.js';

/**
 * How long something takes by its size, from examples: medians at the sizes that were seen, straight lines between them,
 * and outside of them the line through the nearest two. One size alone: proportional to it.
 */
export class Curve {
  readonly sizes: readonly number[];
  readonly #times: readonly number[];

  constructor(samples: ReadonlyMap<number, readonly number[]>) {
    const points = [...samples]
      .filter(([size, times]) => size > 0 && times.length > 0)
      .map(([size, times]) => [size, percentile(Float64Array.from(times), 0.5)] as const)
      .sort((a, b) => a[0] - b[0]);
    this.sizes = points.map(([size]) => size);
    this.#times = points.map(([, time]) => time);
  }

  /** Time at a size over time at another; 1 without examples to go by, and never negative. */
  ratio(from: number, to: number): number {
    if (from === to) return 1;
    const base = this.at(from);
    return base > 0 ? Math.max(0, this.at(to)) / base : 1;
  }

  at(size: number): number {
    const { sizes } = this;
    const times = this.#times;
    if (sizes.length === 0) return NaN;
    if (sizes.length === 1) return (times[0]! * size) / sizes[0]!;
    let right = sizes.findIndex((one) => one >= size);
    if (right < 0) right = sizes.length - 1;
    right = Math.max(1, right);
    const [x0, x1] = [sizes[right - 1]!, sizes[right]!];
    const [y0, y1] = [times[right - 1]!, times[right]!];
    return y0 + ((y1 - y0) * (size - x0)) / (x1 - x0);
  }
}
