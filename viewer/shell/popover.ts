import { element } from './element.js';

let count = 0;

/**
 * What a button opens: a box below it that closes by itself at Escape, or at a click elsewhere. `fill` is called each
 * time it opens.
 */
export function popoverOf(
  button: HTMLButtonElement,
  label: string,
  fill: (box: HTMLElement) => void,
): HTMLElement {
  const id = `popover-${++count}`;
  const box = element('div', {
    id,
    class: 'popover',
    popover: 'auto',
    role: 'dialog',
    'aria-label': label,
    tabindex: '-1',
    // Opening moves the focus here at once: the next Escape is the box's.
    autofocus: true,
  });
  button.setAttribute('popovertarget', id);
  button.setAttribute('aria-haspopup', 'dialog');
  button.setAttribute('aria-expanded', 'false');
  box.addEventListener('beforetoggle', (event) => {
    const opens = event.newState === 'open';
    button.setAttribute('aria-expanded', String(opens));
    if (!opens) return;
    box.replaceChildren();
    fill(box);
    place(box, button);
  });
  // Escape closes the box, and is not a command of the page as well.
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') event.stopPropagation();
  });
  button.after(box);
  return box;
}

const EDGE = 8;

/** Below the button, and on its side of the window, so that the box need not be measured to stay within it. */
function place(box: HTMLElement, button: HTMLElement): void {
  const { left, right, bottom } = button.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const isLeft = (left + right) / 2 < width / 2;
  box.style.left = isLeft ? `${Math.max(EDGE, left)}px` : 'auto';
  box.style.right = isLeft ? 'auto' : `${Math.max(EDGE, width - right)}px`;
  box.style.top = `${bottom + EDGE / 2}px`;
}
