import type { Paint } from './style.js';
import type { Cell } from './table.js';

export interface BarSegment {
  /** Of the bar's width, 0 to 1. */
  readonly share: number;
  readonly glyph: string;
  readonly paint: Paint;
}

/**
 * Segments side by side in `width` columns. Ends, not lengths, are rounded: so neighbours never drift apart, and
 * two bars of equal sums end in the same column.
 */
export function stackedBar(segments: readonly BarSegment[], width: number): Cell {
  let end = 0;
  let column = 0;
  const runs: { text: string; paint: Paint }[] = [];
  for (const { share, glyph, paint } of segments) {
    end += share * width;
    const columns = Math.max(0, Math.min(width, Math.round(end)) - column);
    if (columns > 0) runs.push({ text: glyph.repeat(columns), paint });
    column += columns;
  }
  return {
    text: runs.map(({ text }) => text).join(''),
    // The table pads what it paints; the padding stays plain.
    paint: (cell) => {
      const painted = runs.map(({ text, paint }) => paint(text)).join('');
      return painted + ' '.repeat(Math.max(0, cell.length - column));
    },
  };
}
