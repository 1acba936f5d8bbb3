import { CAUSES } from '../../src/analysis/causes.js';
import type { GapPieces } from '../layout/gap-pieces.js';

/** Pieces summed up beforehand: a million of them are summed in the time of sixteen thousand. */
const BLOCK = 64;

/** How many causes idle time can have: the length of a sum. */
export const CAUSE_COUNT = CAUSES.length;

/** Sums of idle time by cause over any run of pieces. 0.75 B a piece. */
export class CauseSums {
  readonly #pieces: GapPieces;
  /** Nanoseconds by cause, block after block. */
  readonly #blocks: Float32Array;

  constructor(pieces: GapPieces) {
    this.#pieces = pieces;
    const blocks = Math.floor(pieces.length / BLOCK);
    this.#blocks = new Float32Array(blocks * CAUSE_COUNT);
    const { cause, durationNs } = pieces;
    for (let i = 0; i < blocks * BLOCK; i++) {
      this.#blocks[Math.floor(i / BLOCK) * CAUSE_COUNT + cause[i]!]! += durationNs[i]!;
    }
  }

  /** Adds the pieces `[from, to)` to `sums`, nanoseconds by cause, from `at` on. */
  add(from: number, to: number, sums: Float32Array, at: number): void {
    const { cause, durationNs } = this.#pieces;
    let i = from;
    while (i < to) {
      if (i % BLOCK === 0 && i + BLOCK <= to) {
        const block = (i / BLOCK) * CAUSE_COUNT;
        for (let c = 0; c < CAUSE_COUNT; c++) sums[at + c]! += this.#blocks[block + c]!;
        i += BLOCK;
      } else {
        sums[at + cause[i]!]! += durationNs[i]!;
        i++;
      }
    }
  }
}
