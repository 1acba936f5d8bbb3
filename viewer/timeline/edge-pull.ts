/** Within so many CSS pixels of the edge, or beyond it, a drag moves what is under it. */
const ZONE = 28;
/** As strong as it gets so far from where the zone begins. */
const FULL = 110;
/** Of the strongest pull: screens a second along the time axis, CSS pixels a second up or down. */
const SCREENS_A_SECOND = 1.4;
const PIXELS_A_SECOND = 1400;
/** Where the system asks for no motion it goes in steps, with time to look in between. */
const STEP_MS = 350;
/** A picture that took longer does not make the next step longer. */
const MOST_MS = 50;

/**
 * How strongly a pointer pulls that was pressed at `from` on a stretch from `start` to `end`: −1 to 1, 0 away from the
 * edges. Where it was pressed near an edge it must go nearer first: most who press there mean to go the other way.
 */
export function pullOf(at: number, from: number, start: number, end: number): number {
  const before = start + ZONE - at;
  if (before > 0 && at < from) return -Math.min(1, before / FULL);
  const past = at - (end - ZONE);
  return past > 0 && at > from ? Math.min(1, past / FULL) : 0;
}

/** By how much to move. */
export interface Pulled {
  /** Share of a screen, along the time axis. */
  readonly screens: number;
  /** CSS pixels, down. */
  readonly pixels: number;
}

/** Turns pulls into motion, picture by picture. */
export class EdgePull {
  #last: number | undefined;
  /** What is less than a pixel is kept for later: the page scrolls by whole ones. */
  #rest = 0;

  /** `now` in milliseconds; `still`: no motion, but steps. Undefined while nothing pulls. */
  tick(now: number, pullX: number, pullY: number, still: boolean): Pulled | undefined {
    if (pullX === 0 && pullY === 0) {
      this.stop();
      return undefined;
    }
    const elapsed = this.#last === undefined ? 0 : now - this.#last;
    this.#last ??= now;
    if (still && elapsed < STEP_MS) return { screens: 0, pixels: 0 };
    this.#last = now;
    const seconds = (still ? STEP_MS : Math.min(MOST_MS, elapsed)) / 1000;
    const wanted = this.#rest + pullY * PIXELS_A_SECOND * seconds;
    const pixels = Math.trunc(wanted);
    this.#rest = wanted - pixels;
    return { screens: pullX * SCREENS_A_SECOND * seconds, pixels };
  }

  stop(): void {
    this.#last = undefined;
    this.#rest = 0;
  }
}
