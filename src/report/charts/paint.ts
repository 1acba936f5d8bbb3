import { element, short, type Attributes } from './svg.js';

/** Drawn over the colour, so that parts differ without it. Spelled out as lines: no `url(#…)` in the file. */
export type Pattern = 'solid' | 'rising' | 'falling' | 'level' | 'upright' | 'dots' | 'cross';

/** How one kind of thing looks everywhere in a report. `color` names a custom property of the page. */
export interface Paint {
  readonly color: string;
  readonly pattern: Pattern;
}

const STEP = 6;
/** Narrower or lower than this, a pattern is only noise. */
const LEAST = 4;

/** A filled rectangle with its pattern; `inside` is markup for the filled part, such as a hint. */
export function paintedRect(
  x: number,
  y: number,
  width: number,
  height: number,
  paint: Paint,
  inside = '',
): string {
  const box: Attributes = { x, y, width: Math.max(0, width), height: Math.max(0, height) };
  const fill = element('rect', { ...box, fill: `var(--${paint.color})` }, inside);
  const lines = patternPath(paint.pattern, x, y, width, height);
  return lines === '' ? fill : `${fill}${element('path', { class: 'hatch', d: lines })}`;
}

/** The lines of a pattern within a rectangle. They lie on one grid, so neighbours of a kind read as one. */
export function patternPath(pattern: Pattern, x: number, y: number, width: number, height: number): string {
  if (pattern === 'solid' || width < LEAST || height < LEAST) return '';
  const right = x + width;
  const bottom = y + height;
  switch (pattern) {
    case 'rising':
      return diagonals(x + y, right + bottom, (k) => {
        const from = Math.max(x, k - bottom);
        const to = Math.min(right, k - y);
        return [from, k - from, to, k - to];
      });
    case 'falling':
      return diagonals(y - right, bottom - x, (k) => {
        const from = Math.max(x, y - k);
        const to = Math.min(right, bottom - k);
        return [from, from + k, to, to + k];
      });
    case 'level':
      return diagonals(y, bottom, (k) => [x, k, right, k]);
    case 'upright':
      return diagonals(x, right, (k) => [k, y, k, bottom]);
    case 'cross':
      return patternPath('rising', x, y, width, height) + patternPath('falling', x, y, width, height);
    case 'dots': {
      let path = '';
      // A line of no length with round ends is a dot.
      for (const row of grid(y + 1, bottom - 1)) {
        for (const column of grid(x + 1, right - 1)) path += `M${short(column)} ${short(row)}h0`;
      }
      return path;
    }
  }
}

function diagonals(from: number, to: number, line: (k: number) => [number, number, number, number]): string {
  return grid(from, to)
    .map((k) => {
      const [x1, y1, x2, y2] = line(k);
      return `M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}`;
    })
    .join('');
}

function grid(from: number, to: number): number[] {
  const lines: number[] = [];
  for (let k = Math.ceil((from + 0.5) / STEP) * STEP; k < to; k += STEP) lines.push(k);
  return lines;
}
