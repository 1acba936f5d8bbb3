/**
 * Disjoint pieces of one thread's time, sorted, each with a value. Built from nested intervals so that the
 * innermost (the one added last) wins.
 */
export class Segments {
  readonly start: number[] = [];
  readonly end: number[] = [];
  readonly value: number[] = [];
  #hint = 0;
  readonly #open: { value: number; end: number }[] = [];
  #cursor = 0;

  /** Adds `[start, end)`; starts must not decrease from call to call. */
  add(start: number, end: number, value: number): void {
    if (!(end > start)) return;
    this.closeUntil(start);
    this.#cursor = start;
    this.#open.push({ value, end });
  }

  /** Writes out what is settled before `time`; `Infinity` after the last `add`. */
  closeUntil(time: number): void {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      const until = Math.min(top.end, time);
      if (until > this.#cursor) {
        this.start.push(this.#cursor);
        this.end.push(until);
        this.value.push(top.value);
        this.#cursor = until;
      }
      if (top.end > time) return;
      this.#open.pop();
    }
  }

  /** Index of the first segment that ends after `time`. Searches on from the last answer: queries come in order. */
  firstEndingAfter(time: number): number {
    const { end } = this;
    const hint = this.#hint;
    if ((hint === end.length || end[hint]! > time) && (hint === 0 || end[hint - 1]! <= time)) return hint;
    return this.#search(time);
  }

  /** Apart, because its closure would be made whether it is needed or not. */
  #search(time: number): number {
    const { end } = this;
    return (this.#hint = firstAfter(end.length, this.#hint, (i) => end[i]! > time));
  }
}

/**
 * The first index in `[0, length)` from which `isAfter` holds (it must not change back), or `length`: a search
 * that gallops away from `hint`, and so costs next to nothing when the answer is near it.
 */
export function firstAfter(length: number, hint: number, isAfter: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  if (hint < length && !isAfter(hint)) {
    low = hint + 1;
    for (let step = 1; low + step < high; step *= 2) {
      if (isAfter(low + step)) {
        high = low + step;
        break;
      }
      low += step + 1;
    }
  } else {
    high = Math.min(hint, length);
    for (let step = 1; high - step >= 0; step *= 2) {
      if (!isAfter(high - step)) {
        low = high - step + 1;
        break;
      }
      high -= step;
    }
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
