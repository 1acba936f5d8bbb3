/**
 * uint32 id → row. Ids that CUPTI hands out are counters, so a plain array indexed by the id is smallest and
 * fastest; an open-addressed table takes over where the ids are sparse (a capture that began late in a long
 * run, another tool's hashes).
 */
export class IdLookup {
  readonly #rows: Int32Array;
  /** Ids in their slots; undefined where the id is the slot. */
  readonly #ids: Uint32Array | undefined;
  readonly #base: number;
  readonly #mask: number;

  /** For ids between `min` and `max`, of which at most `count` will be set. */
  constructor(min: number, max: number, count: number) {
    const span = max >= min ? max - min + 1 : 0;
    this.#base = min;
    if (span <= 8 * count + 65536) {
      this.#rows = new Int32Array(span).fill(-1);
      this.#mask = 0;
    } else {
      const slots = 2 ** Math.ceil(Math.log2(2 * count + 2));
      this.#rows = new Int32Array(slots).fill(-1);
      this.#ids = new Uint32Array(slots);
      this.#mask = slots - 1;
    }
  }

  /** The row of `id`, or -1. */
  get(id: number): number {
    if (this.#ids === undefined) return this.#rows[id - this.#base] ?? -1;
    return this.#rows[this.#slot(id)]!;
  }

  set(id: number, row: number): void {
    if (this.#ids === undefined) {
      this.#rows[id - this.#base] = row;
      return;
    }
    const slot = this.#slot(id);
    this.#ids[slot] = id;
    this.#rows[slot] = row;
  }

  /** Where `id` is, or the free slot where it would go. */
  #slot(id: number): number {
    const ids = this.#ids!;
    const rows = this.#rows;
    // Fibonacci hashing; its high bits are the good ones, and the mask keeps the low.
    const hash = Math.imul(id, 0x9e3779b1);
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (rows[slot]! >= 0 && ids[slot] !== id) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
