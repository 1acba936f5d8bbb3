import { paintedRect, type Paint } from './paint.js';
import { element, short } from './svg.js';

const WIDTH = 64;
const HEIGHT = 8;

/** A small bar for a table's cell. The cell says the number; this is only for the eye. */
export function meter(share: number, paint: Paint): string {
  const length = Math.max(0, Math.min(1, share)) * WIDTH;
  return element(
    'svg',
    { class: 'meter', viewBox: `0 0 ${short(WIDTH)} ${short(HEIGHT)}`, 'aria-hidden': 'true' },
    element('rect', { class: 'track', width: WIDTH, height: HEIGHT }),
    paintedRect(0, 0, share > 0 ? Math.max(1, length) : 0, HEIGHT, paint),
  );
}
