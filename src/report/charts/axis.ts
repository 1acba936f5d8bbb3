import { scaleLinear } from 'd3-scale';
import { format } from 'd3-format';
import { max } from 'd3-array';

/** A linear axis from zero over times, in the one unit that suits its largest value. */
export interface TimeAxis {
  readonly unit: 'ns' | 'µs' | 'ms' | 's';
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Nanoseconds → pixels. */
  readonly place: (ns: number) => number;
}

const UNITS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
] as const;

/** An axis over `[0, max]` onto the pixels from `from` to `to`, with about `count` ticks. */
export function timeAxis(valuesNs: Iterable<number>, from: number, to: number, count: number): TimeAxis {
  const top = max(valuesNs) ?? 0;
  const [unit, size] = UNITS.find(([, ns]) => top >= 2 * ns) ?? UNITS[3];
  const scale = scaleLinear([0, top > 0 ? top / size : 1], [from, to]);
  const number = format(',~r');
  return {
    unit,
    ticks: scale.ticks(count).map((value) => ({ at: scale(value), text: number(value) })),
    place: (ns) => scale(ns / size),
  };
}
