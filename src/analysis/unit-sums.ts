/**
 * Sums by (row, occurrence): an occurrence is a range instance, or -1 for what lies in none. Rows are few,
 * occurrences many, and ops of one occurrence come together: the last one of each row is kept at hand.
 */
export class UnitSums {
  readonly row: number[] = [];
  readonly instance: number[] = [];
  readonly ns: number[] = [];
  readonly ops: number[] = [];
  readonly idleBeforeNs: number[] = [];
  readonly #lastInstance: Int32Array;
  readonly #lastUnit: Int32Array;
  /** Open addressing: 1 + unit in the slot of its key. A `Map` of millions of numbers costs several times as much. */
  #slots = new Int32Array(1 << 10);

  constructor(rows: number) {
    this.#lastInstance = new Int32Array(rows).fill(-2);
    this.#lastUnit = new Int32Array(rows);
  }

  /** The unit of a row and an instance, with which the columns are indexed. */
  unit(row: number, instance: number): number {
    if (this.#lastInstance[row] === instance) return this.#lastUnit[row]!;
    let slot = this.#slotOf(row, instance);
    let unit = this.#slots[slot]! - 1;
    if (unit < 0) {
      if (this.row.length * 2 >= this.#slots.length) {
        this.#grow();
        slot = this.#slotOf(row, instance);
      }
      unit = this.row.length;
      this.#slots[slot] = unit + 1;
      this.row.push(row);
      this.instance.push(instance);
      this.ns.push(0);
      this.ops.push(0);
      this.idleBeforeNs.push(0);
    }
    this.#lastInstance[row] = instance;
    this.#lastUnit[row] = unit;
    return unit;
  }

  /** Where the unit of a row and an instance is, or the free slot where it would go. */
  #slotOf(row: number, instance: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    // Fibonacci hashing of both; its high bits are the good ones, and the mask keeps the low.
    const hash = Math.imul(Math.imul(instance, 0x9e3779b1) + row, 0x9e3779b1);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const unit = slots[slot]! - 1;
      if (unit < 0 || (this.instance[unit] === instance && this.row[unit] === row)) return slot;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let unit = 0; unit < this.row.length; unit++) {
      this.#slots[this.#slotOf(this.row[unit]!, this.instance[unit]!)] = unit + 1;
    }
  }
}
