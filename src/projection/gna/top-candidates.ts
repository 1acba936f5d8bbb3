/** A configuration that a search has come by. */
export interface Candidate {
  readonly speedup: number;
  readonly blockSparse: number;
  /** Product of the windows, tokens. */
  readonly area: number;
  /** Product of the strides. */
  readonly strides: number;
  readonly window: readonly number[];
  readonly stride: readonly number[];
  /** Index into the tile pairs of the search. */
  readonly tilePair: number;
}

/** The best `limit` candidates, best first. */
export class TopCandidates {
  readonly #limit: number;
  readonly #kept: Candidate[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A candidate slower than this need not be offered. */
  get worst(): number {
    return this.#kept.length < this.#limit ? 0 : this.#kept[this.#limit - 1]!.speedup;
  }

  offer(candidate: Candidate): void {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.#kept[middle]!, candidate) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low >= this.#limit) return;
    this.#kept.splice(low, 0, candidate);
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  list(): readonly Candidate[] {
    return this.#kept;
  }
}

/** Below 0: `a` is better. Ties keep the order in which they came. */
function compare(a: Candidate, b: Candidate): number {
  return b.speedup - a.speedup || b.blockSparse - a.blockSparse || b.area - a.area || a.strides - b.strides;
}
