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
  readonly #occurrences: number;
  readonly #lastInstance: Int32Array;
  readonly #lastUnit: Int32Array;
  readonly #unitOf = new Map<number, number>();

  constructor(rows: number, instances: number) {
    this.#occurrences = instances + 1;
    this.#lastInstance = new Int32Array(rows).fill(-2);
    this.#lastUnit = new Int32Array(rows);
  }

  /** The unit of a row and an instance, with which the columns are indexed. */
  unit(row: number, instance: number): number {
    if (this.#lastInstance[row] === instance) return this.#lastUnit[row]!;
    const key = row * this.#occurrences + instance + 1;
    let unit = this.#unitOf.get(key);
    if (unit === undefined) {
      unit = this.row.length;
      this.row.push(row);
      this.instance.push(instance);
      this.ns.push(0);
      this.ops.push(0);
      this.idleBeforeNs.push(0);
      this.#unitOf.set(key, unit);
    }
    this.#lastInstance[row] = instance;
    this.#lastUnit[row] = unit;
    return unit;
  }
}
