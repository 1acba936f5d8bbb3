import { firstAfter } from './segments.js';

/** Disjoint intervals in order, grown from intervals that come in order of start. */
export class IntervalUnion {
  readonly startNs: number[] = [];
  readonly endNs: number[] = [];
  #totalNs = 0;
  #hint = 0;

  get totalNs(): number {
    return this.#totalNs;
  }

  /** Adds `[start, end)`; starts must not decrease from call to call. */
  add(start: number, end: number): void {
    if (!(end > start)) return;
    const last = this.endNs.length - 1;
    const reached = last < 0 ? -Infinity : this.endNs[last]!;
    if (start > reached) {
      this.startNs.push(start);
      this.endNs.push(end);
      this.#totalNs += end - start;
    } else if (end > reached) {
      this.endNs[last] = end;
      this.#totalNs += end - reached;
    }
  }

  /** How much of `[from, to)` it covers. Searches on from the last answer: queries come in order, or nearly. */
  coveredNs(from: number, to: number): number {
    const { startNs, endNs } = this;
    let covered = 0;
    this.#hint = firstAfter(endNs.length, this.#hint, (i) => endNs[i]! > from);
    for (let i = this.#hint; i < endNs.length && startNs[i]! < to; i++) {
      covered += Math.min(endNs[i]!, to) - Math.max(startNs[i]!, from);
    }
    return covered;
  }

  /** How much of `other` it covers. */
  commonNs(other: IntervalUnion): number {
    let common = 0;
    for (let i = 0; i < other.startNs.length; i++) {
      common += this.coveredNs(other.startNs[i]!, other.endNs[i]!);
    }
    return common;
  }
}

/** Of each union, the time in which no other of them covers anything. */
export function aloneNs(unions: readonly IntervalUnion[]): number[] {
  const alone = unions.map(() => 0);
  // Every union's boundaries alternate: start, end, start, …; `next` counts those passed.
  const next = unions.map(() => 0);
  const active = new Set<number>();
  let at = 0;
  for (;;) {
    let first = -1;
    let time = Infinity;
    unions.forEach(({ startNs, endNs }, u) => {
      const boundary = next[u]! % 2 === 0 ? startNs[next[u]! / 2] : endNs[(next[u]! - 1) / 2];
      if (boundary === undefined || boundary >= time) return;
      first = u;
      time = boundary;
    });
    if (first < 0) return alone;
    if (active.size === 1) for (const u of active) alone[u]! += time - at;
    if (next[first]! % 2 === 0) active.add(first);
    else active.delete(first);
    next[first]!++;
    at = time;
  }
}
