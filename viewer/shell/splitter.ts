import { element } from './element.js';
import { recall, remember } from './remembered.js';

export interface SplitterOptions {
  /** What it resizes, for a screen reader. */
  readonly label: string;
  /** `vertical`: a line from top to bottom, moved sideways. */
  readonly orientation: 'vertical' | 'horizontal';
  /** Custom property on `target` that holds the size in px. */
  readonly property: string;
  readonly target: HTMLElement;
  readonly initial: number;
  readonly min: number;
  /** The largest size that leaves room for the rest, asked for whenever it matters. */
  readonly max: () => number;
}

const STEP = 16;
const BIG_STEP = 96;

/**
 * A line between two areas that can be dragged, or moved by the arrow keys: the area after it (right of it, or below it)
 * gets the size. Home and End go to the ends; a double click or Enter back to where it was first.
 */
export function splitter(options: SplitterOptions): HTMLElement {
  const { label, orientation, property, target, initial, min, max } = options;
  const line = element('div', {
    class: `splitter ${orientation}`,
    role: 'separator',
    tabindex: '0',
    'aria-label': label,
    'aria-orientation': orientation,
  });
  let size = initial;
  const show = (): void => {
    const most = Math.max(min, max());
    const shown = Math.round(Math.min(most, Math.max(min, size)));
    target.style.setProperty(property, `${shown}px`);
    line.setAttribute('aria-valuemin', String(min));
    line.setAttribute('aria-valuemax', String(Math.round(most)));
    line.setAttribute('aria-valuenow', String(shown));
    line.setAttribute('aria-valuetext', `${shown} pixels`);
  };
  const set = (wanted: number): void => {
    size = Math.min(Math.max(min, max()), Math.max(min, wanted));
    show();
    remember(`size${property}`, String(Math.round(size)));
  };
  const stored = Number(recall(`size${property}`));
  if (Number.isFinite(stored) && stored > 0) size = stored;
  show();

  line.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    line.focus();
    line.setPointerCapture(down.pointerId);
    const from = orientation === 'vertical' ? down.clientX : down.clientY;
    const before = Number(line.getAttribute('aria-valuenow'));
    const move = (event: PointerEvent): void => {
      set(before + from - (orientation === 'vertical' ? event.clientX : event.clientY));
    };
    line.addEventListener('pointermove', move);
    const done = (): void => line.removeEventListener('pointermove', move);
    line.addEventListener('lostpointercapture', done, { once: true });
  });
  line.addEventListener('dblclick', () => set(initial));
  line.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? BIG_STEP : STEP;
    const [grow, shrink] =
      orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === grow) set(size + step);
    else if (event.key === shrink) set(size - step);
    else if (event.key === 'Home') set(min);
    else if (event.key === 'End') set(max());
    else if (event.key === 'Enter') set(initial);
    else return;
    // These keys mean something else to the timeline.
    event.preventDefault();
    event.stopPropagation();
  });
  addEventListener('resize', show);
  return line;
}
