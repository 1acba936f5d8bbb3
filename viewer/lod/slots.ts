/** Some rows of a table, in order: listed, or all from one to another, which then take no memory. */
export class Slots {
  readonly length: number;
  readonly #rows: Uint32Array | undefined;
  readonly #first: number;

  private constructor(rows: Uint32Array | undefined, first: number, length: number) {
    this.#rows = rows;
    this.#first = first;
    this.length = length;
  }

  static of(rows: Uint32Array): Slots {
    const { length } = rows;
    const first = rows[0] ?? 0;
    for (let slot = 1; slot < length; slot++) {
      if (rows[slot] !== first + slot) return new Slots(rows, 0, length);
    }
    return new Slots(undefined, first, length);
  }

  static all(length: number): Slots {
    return new Slots(undefined, 0, length);
  }

  /** The row in a slot below `length`. */
  row(slot: number): number {
    return this.#rows === undefined ? this.#first + slot : this.#rows[slot]!;
  }
}
