import { paintedRect, type Paint } from '../charts/paint.js';
import { element } from '../charts/svg.js';
import { raw, type Markup } from './markup.js';

/** A small sample of a paint, pattern and all. */
export function swatchHtml(paint: Paint): Markup {
  const sample = paintedRect(0, 0, 14, 14, paint);
  return raw(element('svg', { class: 'swatch', viewBox: '0 0 14 14', 'aria-hidden': 'true' }, sample));
}
