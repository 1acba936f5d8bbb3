import { percentile } from '../../analysis/percentile.js';

/** So few samples of a class say less than those of all classes. */
const ENOUGH = 5;

/**
 * The typical value of each class of something, in nanoseconds: the mean of the samples within 1 µs of their median,
 * which keeps sums right and leaves out the stalls of a busy machine.
 */
export class Typical {
  readonly #samples = new Map<number, number[]>();
  readonly #values = new Map<number, number>();
  readonly #fallback: number;
  #overall: number | undefined;

  /** @param fallback where the trace holds no sample at all */
  constructor(fallback: number) {
    this.#fallback = fallback;
  }

  add(key: number, ns: number): void {
    const samples = this.#samples.get(key);
    if (samples === undefined) this.#samples.set(key, [ns]);
    else samples.push(ns);
  }

  of(key: number): number {
    let value = this.#values.get(key);
    if (value === undefined) {
      const samples = this.#samples.get(key);
      value = samples === undefined || samples.length < ENOUGH ? this.overall : typicalOf(samples);
      this.#values.set(key, value);
    }
    return value;
  }

  /** Of all classes together. */
  get overall(): number {
    if (this.#overall === undefined) {
      const all = [...this.#samples.values()].flat();
      this.#overall = all.length < ENOUGH ? this.#fallback : typicalOf(all);
    }
    return this.#overall;
  }
}

function typicalOf(samples: readonly number[]): number {
  const median = percentile(Float64Array.from(samples), 0.5);
  const near = samples.filter((ns) => Math.abs(ns - median) <= 1_000);
  return near.reduce((sum, ns) => sum + ns, 0) / near.length;
}
