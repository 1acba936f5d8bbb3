import type { Look } from './colours.js';
import { patternTile } from './patterns.js';

/** A small sample of a look for legends and tables; says nothing to a screen reader. */
export function swatch(look: Look, dark: boolean, size = 14): HTMLCanvasElement {
  const dpr = Math.max(1, devicePixelRatio);
  const canvas = document.createElement('canvas');
  canvas.className = 'swatch';
  canvas.setAttribute('aria-hidden', 'true');
  canvas.width = Math.round(size * dpr);
  canvas.height = Math.round(size * dpr);
  canvas.style.width = `${size}px`;
  canvas.style.height = `${size}px`;
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  context.fillStyle = look.color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const tile = patternTile(look.pattern, dark, dpr);
  const pattern = tile === undefined ? null : context.createPattern(tile, 'repeat');
  if (pattern !== null) {
    context.fillStyle = pattern;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
