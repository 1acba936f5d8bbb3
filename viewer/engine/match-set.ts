import type { AnyTrack, EventTrack } from './event-track.js';

/** Which events of a trace match a search: a bit a slot, lane by lane, and how many there are before each 32. */
export class MatchSet {
  readonly count: number;
  readonly #lanes: readonly LaneMatches[];
  readonly #byTrack = new Map<string, LaneMatches[]>();

  /** Of the events whose name passes. */
  constructor(tracks: ReadonlyMap<string, AnyTrack>, test: (name: number) => boolean) {
    const lanes: LaneMatches[] = [];
    const verdicts = new Map<number, boolean>();
    const passes = (name: number): boolean => {
      let verdict = verdicts.get(name);
      if (verdict === undefined) verdicts.set(name, (verdict = test(name)));
      return verdict;
    };
    for (const track of tracks.values()) {
      if (track.kind === 'counter') continue;
      const own = track.lanes.map((_, row) => new LaneMatches(track, row, passes));
      this.#byTrack.set(track.info.id, own);
      lanes.push(...own.filter(({ count }) => count > 0));
    }
    this.#lanes = lanes;
    this.count = lanes.reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether any of the slots `[from, to)` of a track's row matches. */
  any(track: string, row: number, from: number, to: number): boolean {
    const lane = this.#byTrack.get(track)?.[row];
    return lane !== undefined && lane.count > 0 && lane.rank(to) > lane.rank(from);
  }

  /** How many matches start before a time of the slot's own axis. */
  before(timeNs: number): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.before(timeNs), 0);
  }

  /** The n-th match in order of start; of equal starts in the order of the tracks. */
  at(n: number): { readonly track: EventTrack; readonly event: number } | undefined {
    if (!(n >= 0 && n < this.count)) return undefined;
    // The latest time before which no more than n matches start: the n-th starts then.
    let low = 0;
    let high = Math.max(...this.#lanes.map((lane) => lane.lastNs)) + 1;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.before(middle) <= n) low = middle;
      else high = middle;
    }
    let left = n - this.before(low);
    for (const lane of this.#lanes) {
      const first = lane.before(low);
      const here = lane.before(low + 1) - first;
      if (left < here) return { track: lane.track, event: lane.eventAt(first + left) };
      left -= here;
    }
    return undefined;
  }

  /** Matches that start in each of `buckets` equal parts of `[0, endNs)`. */
  strip(endNs: number, buckets: number): Float32Array {
    const strip = new Float32Array(buckets);
    let before = 0;
    for (let b = 0; b < buckets; b++) {
      const until = b === buckets - 1 ? this.count : this.before(((b + 1) * endNs) / buckets);
      strip[b] = until - before;
      before = until;
    }
    return strip;
  }
}

class LaneMatches {
  readonly track: EventTrack;
  readonly row: number;
  readonly count: number;
  readonly #bits: Uint32Array;
  /** Matches before each word of `#bits`. */
  readonly #before: Uint32Array;

  constructor(track: EventTrack, row: number, passes: (name: number) => boolean) {
    this.track = track;
    this.row = row;
    const lane = track.lanes[row]!;
    const words = (lane.length + 31) >> 5;
    const bits = new Uint32Array(words);
    const before = new Uint32Array(words);
    let count = 0;
    let lastName = -1;
    let last = false;
    for (let slot = 0; slot < lane.length; slot++) {
      if ((slot & 31) === 0) before[slot >> 5] = count;
      const name = track.nameOf(lane.event(slot));
      if (name !== lastName) {
        lastName = name;
        last = passes(name);
      }
      if (!last) continue;
      bits[slot >> 5]! |= 1 << (slot & 31);
      count++;
    }
    this.#bits = bits;
    this.#before = before;
    this.count = count;
  }

  get lastNs(): number {
    const lane = this.track.lanes[this.row]!;
    return lane.startNs(lane.length - 1) + this.track.process.offsetNs;
  }

  /** Matches of slots below `slot`. */
  rank(slot: number): number {
    const word = slot >> 5;
    if (word >= this.#bits.length) return this.count;
    const below = this.#bits[word]! & ((1 << (slot & 31)) - 1);
    return this.#before[word]! + popCount(below);
  }

  before(timeNs: number): number {
    return this.rank(this.track.lanes[this.row]!.slotAt(timeNs - this.track.process.offsetNs));
  }

  /** The event that is match number `n` of this lane. */
  eventAt(n: number): number {
    let low = 0;
    let high = this.#before.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#before[middle]! <= n) low = middle;
      else high = middle - 1;
    }
    let slot = low << 5;
    while (this.rank(slot + 1) <= n) slot++;
    return this.track.lanes[this.row]!.event(slot);
  }
}

function popCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
