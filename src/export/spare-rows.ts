/**
 * Rows for events that may overlap: the first one free, in the order in which events come. Perfetto drops an event that
 * overlaps another on its track without lying inside it, so each row becomes a track of its own.
 */
export class SpareRows {
  readonly #ends: number[] = [];

  /** The row of an event; events come in order of their starts. */
  place(startNs: number, endNs: number): number {
    let row = this.#ends.findIndex((end) => end <= startNs);
    if (row < 0) row = this.#ends.length;
    this.#ends[row] = endNs;
    return row;
  }
}
