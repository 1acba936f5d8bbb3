import { recall, remember } from '../shell/remembered.js';

const INITIAL = 220;
const LEAST = 120;
/** Below this width of the timeline labels stand above the tracks instead of beside them, CSS pixels. */
export const NARROW = 620;
const STEP = 16;

/** The line between labels and tracks: dragged, or moved by arrow keys; a double click puts it back. */
export function labelDivider(divider: HTMLElement, root: HTMLElement, changed: () => void): void {
  let width = INITIAL;
  const stored = Number(recall('labels'));
  if (Number.isFinite(stored) && stored > 0) width = stored;
  divider.tabIndex = 0;
  for (const [name, value] of [
    ['role', 'separator'],
    ['aria-orientation', 'vertical'],
    ['aria-label', 'Width of the track labels'],
    ['aria-valuemin', String(LEAST)],
  ] as const) {
    divider.setAttribute(name, value);
  }
  const most = (): number => Math.max(LEAST, root.clientWidth / 2);
  const show = (): void => {
    const shown = Math.round(Math.min(most(), Math.max(LEAST, width)));
    root.style.setProperty('--labels-w', `${shown}px`);
    divider.setAttribute('aria-valuenow', String(shown));
    divider.setAttribute('aria-valuemax', String(Math.round(most())));
    changed();
  };
  const set = (wanted: number): void => {
    width = Math.min(most(), Math.max(LEAST, wanted));
    remember('labels', String(Math.round(width)));
    show();
  };
  divider.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    divider.setPointerCapture(down.pointerId);
    const before = width - down.clientX;
    const move = (event: PointerEvent): void => set(before + event.clientX);
    divider.addEventListener('pointermove', move);
    divider.addEventListener('lostpointercapture', () => divider.removeEventListener('pointermove', move), {
      once: true,
    });
  });
  divider.addEventListener('dblclick', () => set(INITIAL));
  divider.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    set(width + by);
  });
  show();
}
