/** Counts values by key, for the one that most have. */
export class MostFrequent {
  readonly #counts = new Map<number, Map<number, number>>();

  add(key: number, value: number): void {
    let counts = this.#counts.get(key);
    if (counts === undefined) {
      counts = new Map<number, number>();
      this.#counts.set(key, counts);
    }
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }

  /** The value that more than half of a key's have; undefined if none does. */
  majority(key: number): number | undefined {
    const counts = this.#counts.get(key) ?? new Map<number, number>();
    let total = 0;
    for (const count of counts.values()) total += count;
    for (const [value, count] of counts) if (2 * count > total) return value;
    return undefined;
  }
}
