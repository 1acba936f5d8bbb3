/**
 * Numbers a handful of ids (threads, streams) 0, 1, 2, … as they turn up, so that columns can be grouped into
 * arrays instead of maps. Rows of one id come in long runs: the last answer is kept.
 */
export class DenseIds {
  readonly ids: number[] = [];
  readonly #index = new Map<number, number>();
  #lastId = -1;
  #lastIndex = -1;

  /** The number of `id`, or -1 if it never turned up. */
  find(id: number): number {
    if (id !== this.#lastId) {
      const index = this.#index.get(id);
      if (index === undefined) return -1;
      this.#lastId = id;
      this.#lastIndex = index;
    }
    return this.#lastIndex;
  }

  /** The number of `id`, a new one if need be. */
  add(id: number): number {
    const found = this.find(id);
    if (found >= 0) return found;
    const index = this.ids.length;
    this.ids.push(id);
    this.#index.set(id, index);
    this.#lastId = id;
    this.#lastIndex = index;
    return index;
  }
}
