const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f64: Float64Array } as const;
type ArrayKind = keyof typeof ARRAYS;
type ArrayOf<K extends ArrayKind> = InstanceType<(typeof ARRAYS)[K]>;
const FIRST_CAPACITY = 1024;

/** Columns of a table that is being filled: `columns.x[table.add()] = …`. */
export class GrowingColumns<Spec extends Readonly<Record<string, ArrayKind>>> {
  /** Replaced by longer ones as rows are added: read them anew for each row. */
  readonly columns: { [C in keyof Spec]: ArrayOf<Spec[C]> };
  length = 0;
  readonly #spec: Spec;
  #capacity = FIRST_CAPACITY;

  constructor(spec: Spec) {
    this.#spec = spec;
    const columns: Record<string, ArrayOf<ArrayKind>> = {};
    for (const [name, kind] of Object.entries(spec)) columns[name] = new ARRAYS[kind](FIRST_CAPACITY);
    this.columns = columns as { [C in keyof Spec]: ArrayOf<Spec[C]> };
  }

  /** The number of a new row, all zeros. */
  add(): number {
    if (this.length === this.#capacity) this.#grow();
    return this.length++;
  }

  /** Adds whole columns of `length` rows; those that are not given are zeros. */
  append(columns: Readonly<Partial<Record<keyof Spec, ArrayLike<number>>>>, length: number): void {
    if (this.length + length > this.#capacity) this.reserve(this.length + length);
    for (const [name, values] of Object.entries(columns)) {
      this.columns[name as keyof Spec].set(values as ArrayLike<number>, this.length);
    }
    this.length += length;
  }

  /** The columns at their true length. */
  finish(): { readonly [C in keyof Spec]: ArrayOf<Spec[C]> } {
    const finished: Record<string, ArrayOf<ArrayKind>> = {};
    // Full ones as they are: nothing can be added to them without their being replaced.
    const isFull = this.length === this.#capacity;
    for (const name of Object.keys(this.#spec)) {
      const column = this.columns[name]!;
      finished[name] = isFull ? column : column.slice(0, this.length);
    }
    return finished as { [C in keyof Spec]: ArrayOf<Spec[C]> };
  }

  #grow(): void {
    this.reserve(2 * this.#capacity);
  }

  /** Makes room for so many rows in all, where there is less. */
  reserve(capacity: number): void {
    if (capacity <= this.#capacity) return;
    this.#capacity = capacity;
    for (const [name, kind] of Object.entries(this.#spec)) {
      const larger = new ARRAYS[kind](this.#capacity);
      larger.set(this.columns[name]!);
      (this.columns as Record<string, ArrayOf<ArrayKind>>)[name] = larger;
    }
  }
}
