import type { EventTables } from './event-tables.js';

const SAMPLE = 999;
/** 52 days either way: what lies within is told apart to the nanosecond, whatever the first record is. */
const REACH_US = 2 ** 52 / 1000;

interface Starts {
  readonly us: Float64Array;
  readonly ns: Uint16Array;
}

/**
 * The whole microsecond that starts are counted from: the middle one of the GPU's ops (or of what there is), and not
 * the first, because a broken record must not decide where all others lie.
 */
export function originOf({ ops, calls, ranges }: EventTables): number {
  const table = [ops, calls, ranges].find(({ length }) => length > 0);
  if (table === undefined) return 0;
  const step = Math.max(1, Math.floor(table.length / SAMPLE));
  const sample: number[] = [];
  for (let row = 0; row < table.length; row += step) sample.push(table.columns.us[row]!);
  return sample.sort((a, b) => a - b)[sample.length >> 1]!;
}

/** Starts in nanoseconds from `originUs`, exact; in the place of `us`. NaN for what lies out of reach. */
export function startsFrom({ us, ns }: Starts, originUs: number): { startNs: Float64Array; far: number } {
  let far = 0;
  for (let i = 0; i < us.length; i++) {
    const delta = us[i]! - originUs;
    if (Math.abs(delta) > REACH_US) {
      us[i] = NaN;
      far++;
    } else us[i] = delta * 1000 + ns[i]!;
  }
  return { startNs: us, far };
}
