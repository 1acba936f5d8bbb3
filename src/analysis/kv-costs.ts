import type { KvCost } from './kv-result.js';

/** Sums by group: one `KvCost` a group. */
export class KvCosts {
  readonly #instances: Float64Array;
  readonly #ops: Float64Array;
  readonly #gpuNs: Float64Array;
  readonly #idleNs: Float64Array;
  readonly #bytes: Float64Array;
  readonly #movingNs: Float64Array;
  readonly #known: Float64Array;
  readonly #estimated: Float64Array;

  constructor(groups: number) {
    const column = (): Float64Array => new Float64Array(groups);
    this.#instances = column();
    this.#ops = column();
    this.#gpuNs = column();
    this.#idleNs = column();
    this.#bytes = column();
    this.#movingNs = column();
    this.#known = column();
    this.#estimated = column();
  }

  addInstance(group: number): void {
    this.#instances[group]!++;
  }

  /** An op of `durationNs` that moves `bytes` (NaN: not known). */
  addOp(group: number, durationNs: number, bytes: number, estimated: boolean): void {
    this.#ops[group]!++;
    if (Number.isNaN(bytes)) return;
    this.#known[group]!++;
    this.#bytes[group]! += bytes;
    this.#movingNs[group]! += durationNs;
    if (estimated) this.#estimated[group]!++;
  }

  addGpu(group: number, ns: number): void {
    this.#gpuNs[group]! += ns;
  }

  addIdle(group: number, ns: number): void {
    this.#idleNs[group]! += ns;
  }

  gpuNs(group: number): number {
    return this.#gpuNs[group]!;
  }

  idleNs(group: number): number {
    return this.#idleNs[group]!;
  }

  instances(group: number): number {
    return this.#instances[group]!;
  }

  /** Whether the group holds anything. */
  has(group: number): boolean {
    return this.#ops[group]! > 0 || this.#gpuNs[group]! > 0 || this.#idleNs[group]! > 0;
  }

  cost(group: number): KvCost {
    const bytes = this.#bytes[group]!;
    const known = this.#known[group]!;
    const moving = this.#movingNs[group]!;
    return {
      instances: this.#instances[group]!,
      ops: this.#ops[group]!,
      gpuNs: this.#gpuNs[group]!,
      idleNs: this.#idleNs[group]!,
      ...(known === 0 ? {} : { bytes }),
      bytesFrom: known === 0 ? 'none' : this.#estimated[group]! > 0 ? 'estimated' : 'recorded',
      opsWithoutBytes: this.#ops[group]! - known,
      ...(known === 0 || moving <= 0 ? {} : { bytesPerSecond: (bytes / moving) * 1e9 }),
    };
  }
}
