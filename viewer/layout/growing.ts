type TypedArray = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;

/** A column whose length is not known before: doubled when it is full. */
export class Growing<T extends TypedArray> {
  values: T;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T, capacity: number) {
    this.#make = make;
    this.values = make(Math.max(16, capacity));
  }

  set(at: number, value: number): void {
    if (at >= this.values.length) {
      const larger = this.#make(Math.max(at + 1, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[at] = value;
  }

  /** The first `length` values, in memory of their own where the rest would waste more than a quarter. */
  finish(length: number): T {
    const used = this.values.subarray(0, length) as T;
    return this.values.length > length * 1.25 ? (used.slice() as T) : used;
  }
}
