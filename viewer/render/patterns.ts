import type { Pattern } from '../../src/report/charts/paint.js';

/** Distance of a pattern's lines, CSS pixels; the HTML report's. */
const STEP = 6;
const LINE = 1.6;

/** Half-transparent ground over the colour: the colour stays the same everywhere, and the pattern shows on any. */
export function hatchColor(dark: boolean): string {
  return dark ? '#14171bb0' : '#ffffffb8';
}

/** Lines of one pattern, as a tile that repeats. */
export function patternTile(pattern: Pattern, dark: boolean, dpr: number): HTMLCanvasElement | undefined {
  if (pattern === 'solid') return undefined;
  const size = Math.round(STEP * dpr);
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const context = tile.getContext('2d');
  if (context === null) return undefined;
  context.strokeStyle = hatchColor(dark);
  context.fillStyle = hatchColor(dark);
  context.lineWidth = LINE * dpr;
  drawPattern(context, pattern, size);
  return tile;
}

function drawPattern(context: CanvasRenderingContext2D, pattern: Pattern, size: number): void {
  const line = (x1: number, y1: number, x2: number, y2: number): void => {
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  };
  switch (pattern) {
    case 'solid':
      return;
    // Diagonals are drawn three times, one tile apart, so that corners match their neighbours'.
    case 'rising':
      for (const k of [-size, 0, size]) line(k, size, k + size, 0);
      return;
    case 'falling':
      for (const k of [-size, 0, size]) line(k, 0, k + size, size);
      return;
    case 'level':
      line(0, size / 2, size, size / 2);
      return;
    case 'upright':
      line(size / 2, 0, size / 2, size);
      return;
    case 'dots':
      context.beginPath();
      context.arc(size / 2, size / 2, size / 5, 0, 2 * Math.PI);
      context.fill();
      return;
    case 'cross':
      drawPattern(context, 'rising', size);
      drawPattern(context, 'falling', size);
      return;
  }
}
