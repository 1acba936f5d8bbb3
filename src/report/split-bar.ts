import { bar } from './bar.js';
import type { Paint, TextStyle } from './style.js';

/** A bar of two parts of a whole, busy and idle, in `width` columns: `█` busy, `░` idle. */
export function splitBar(
  busy: number,
  idle: number,
  width: number,
  { colors }: TextStyle,
): { readonly text: string; readonly paint: Paint } {
  const all = bar(busy + idle, width);
  const solid = bar(busy, width);
  // A part too small for a column still shows in one of them.
  const busyColumns = Math.min(solid.length, idle > 0 && all.length > 1 ? all.length - 1 : all.length);
  const idleColumns = all.length - busyColumns;
  const text = (idleColumns === 0 ? solid : '█'.repeat(busyColumns)) + '░'.repeat(idleColumns);
  return {
    text: text.padEnd(width),
    paint: (cell) => colors.green(cell.slice(0, busyColumns)) + colors.red(cell.slice(busyColumns)),
  };
}
