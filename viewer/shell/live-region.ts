import { element } from './element.js';

/** A line that is spoken and not shown. The same text twice in a row is spoken twice. */
export function liveRegion(): { readonly element: HTMLElement; readonly announce: (text: string) => void } {
  const region = element('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  return {
    element: region,
    announce: (text) => {
      region.textContent = region.textContent === text ? `${text}\u00a0` : text;
    },
  };
}
